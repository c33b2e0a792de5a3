import type { Location } from '../../../src/model/location.js';
import { defineComparingRule, type Sibling } from '../../../src/model/rule.js';
import type { ModelLoad, TrainingRun } from '../../../src/model/run.js';
import { isLiteral } from '../../../src/model/setting.js';
import { met, overPlaces, type PlaceVerdict, unknown, violated } from '../../../src/model/verdict.js';
import { outputFolderOf, startedFrom } from '../../checkpoint-management/output-folder.js';
import { modelOf, soleBase } from '../bases.js';

/** What is kept of a run for the others: the adapter that it writes, and the base it is for. */
type Adapter = {
  readonly folder: string;
  readonly from: string;
  readonly base: string;
  readonly file: string;
  readonly at: Location;
};

/** An adapter is put on the base that it was trained on. */
export const wrongBase = defineComparingRule<Adapter>({
  id: 'adapter-isolation/wrong-base',
  title: 'An adapter is put on another base than its own',
  severity: 'error',
  project: (run) => {
    const folder = outputFolderOf(run);
    const base = soleBase(run);
    const [file] = run.files;
    if (run.adapters !== 'used' || folder.state !== 'constant' || base === null || file === undefined) return null;
    if (base.load.origin !== 'hub') return null;
    return { folder: folder.path, from: startedFrom(run), base: base.name.value, file, at: base.name.at };
  },
  judge: (run, _options, siblings) =>
    overPlaces(
      run.loads.flatMap((load) => (load.what === 'adapter' ? [judgeAdapter(load, run, siblings)] : [])),
      'the run loads no adapter',
    ),
});

function judgeAdapter(load: ModelLoad, run: TrainingRun, siblings: readonly Sibling<Adapter>[]): PlaceVerdict {
  const { name } = load;
  if (!isLiteral(name) || name.byDefault === true) return unknown('which adapter it is is not known here');
  const base = soleBase(run);
  if (base === null || base.load.origin !== 'hub') return unknown('which base it is put on is not known here');
  const trained = siblings.find(({ projection }) => holds(projection, name.value, run));
  if (trained === undefined) return unknown('no run of the repository writes this adapter');
  const { base: own, file, at } = trained.projection;
  if (modelOf(own) === modelOf(base.name.value)) return met(load.at);
  return violated({
    severity: 'error',
    at: load.at,
    chain: [...name.chain, ...base.name.chain, at],
    key: `${load.key}(base)`,
    value: `${name.value} on ${base.name.value}`,
    message: `\`${name.value}\` is an adapter for \`${own}\`, on which \`${file}\` trains it, and is put on \`${base.name.value}\` here. PEFT does not compare the two. Load the base that it was trained on.`,
  });
}

/** The folder itself, or a checkpoint in it. */
function holds(adapter: Adapter, name: string, run: TrainingRun): boolean {
  if (adapter.from !== startedFrom(run) && !adapter.folder.startsWith('/')) return false;
  const path = name.replace(/\/+$/, '').replace(/^(?:\.\/+)+/, '');
  return path === adapter.folder || path.startsWith(`${adapter.folder}/`);
}
