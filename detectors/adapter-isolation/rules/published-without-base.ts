import { pinOf } from '../../../src/model/hub.js';
import { defineRule } from '../../../src/model/rule.js';
import type { TrainingRun } from '../../../src/model/run.js';
import { isLiteral } from '../../../src/model/setting.js';
import { met, missing, notApplicable, overPlaces, type PlaceVerdict, unknown } from '../../../src/model/verdict.js';
import { publishedAt } from '../../model-artifact-access/publishing.js';
import { soleBase } from '../bases.js';

/** Whoever downloads the adapter learns which base it belongs to. */
export const publishedWithoutBase = defineRule({
  id: 'adapter-isolation/published-without-base',
  title: 'A published adapter does not lead to its base',
  severity: 'warning',
  judge: (run) => overPlaces([judgeRun(run)], 'the run publishes no adapter'),
});

function judgeRun(run: TrainingRun): PlaceVerdict {
  if (run.adapters === 'unused') return notApplicable('the run trains no adapter');
  if (run.adapters === 'unknown') return unknown('whether it trains an adapter is not known');
  const at = publishedAt(run);
  if (at === null) return notApplicable('the run publishes nothing that is seen');
  const merged = run.calls.some(({ name }) =>
    /(?:merge_and_unload|push_to_hub_merged|save_pretrained_merged)$/.test(name),
  );
  if (merged) return notApplicable('the adapter is merged into its base before it is published');
  const base = soleBase(run);
  if (base === null) return unknown('which base the adapter is for is not known here');
  const { load, name } = base;
  if (load.origin === 'unknown') return unknown('where the base comes from is not known here');
  if (load.origin === 'local') {
    return missing({
      severity: run.role === 'recipe' ? 'warning' : 'notice',
      at,
      chain: name.chain,
      key: 'base_model_name_or_path',
      value: name.value,
      message: `The adapter's metadata will name \`${name.value}\` as its base, a folder of this machine, so that nobody else can tell what to put it on. Load the base by its name on the hub.`,
    });
  }
  // An unpinned base is told at its load; here it only counts.
  const recorded = run.adapterSetups.map(({ baseRevision }) => baseRevision).find((it) => it.state === 'literal');
  if (recorded?.state === 'literal' && pinOf(recorded.value) !== 'moving') return met(recorded.at);
  if (load.revision.state === 'inexpressible') return notApplicable(load.revision.reason);
  if (load.revision.state === 'dynamic') return unknown('the revision of the base is computed');
  const pinned = isLiteral(load.revision) && pinOf(load.revision.value) !== 'moving';
  return met(at, pinned ? 1 : NAMED_ONLY);
}

/** The name alone leads to whatever the branch holds that day. */
const NAMED_ONLY = 0.5;
