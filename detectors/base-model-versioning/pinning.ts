import { pinOf } from '../../src/model/hub.js';
import { compareLocations, type Location } from '../../src/model/location.js';
import type { ModelLoad, Stack, TrainingRun } from '../../src/model/run.js';
import { chainOf } from '../../src/model/setting.js';
import {
  type FaultInput,
  met,
  missing,
  notApplicable,
  type PlaceVerdict,
  unknown,
  violated,
} from '../../src/model/verdict.js';

/** Half a pin: a tag can be moved, but is not moved every week. */
const TAG_CREDIT = 0.5;

/** What a rule adds to the verdict on one load. */
export type PinFault = Pick<FaultInput, 'severity'> & Partial<Pick<FaultInput, 'message' | 'fix' | 'deviation'>>;

/**
 * Whether the same commit of the repository will load the same files next month. A load that may be local, whose name
 * is computed, or whose arguments could not be read whole is unknown.
 */
export function judgePin(load: ModelLoad, run: TrainingRun, fault: PinFault): PlaceVerdict {
  const { name, revision, open } = load;
  if (revision.state === 'inexpressible') return notApplicable(revision.reason);
  if (load.origin === 'local') return notApplicable(`${load.label} loads from a local path`);
  if (name.state !== 'literal' || load.origin === 'unknown')
    return unknown(`what ${load.label} loads is not known here`);
  // Whoever starts the program may name another model, and a commit with it.
  if (name.byDefault === true || (revision.state === 'literal' && revision.byDefault === true))
    return unknown(`what ${load.label} loads is said on the command line`);
  if (revision.state === 'dynamic') return unknown(`the revision is computed: ${revision.expression}`);
  if (revision.state === 'absent') {
    if (open !== null) return unknown(`${load.label} takes arguments that could not be read: ${open.expression}`);
    return missing({ ...place(load, name.value, null), message: absentMessage(load, name.value, run), ...fault });
  }
  const pin = pinOf(revision.value);
  if (pin === 'commit') return met(revision.at);
  if (pin === 'tag') return met(revision.at, TAG_CREDIT);
  return violated({
    ...place(load, name.value, revision.value),
    at: revision.at,
    chain: chainOf(revision),
    message: movingMessage(name.value, revision.value),
    ...fault,
  });
}

/**
 * How the pin of one load is written at another place: as code that has a value there. Null where the pin is not
 * written at the load itself, or gets its value only further down.
 */
export function repeatablePin(pinned: ModelLoad, at: Location): string | null {
  const { revision, revisionWritten } = pinned;
  if (revisionWritten === null || revision.state !== 'literal') return null;
  const isConstant = /^["']/.test(revisionWritten);
  const isSet = [pinned.at, revision.at].some((it) => it.path !== at.path || compareLocations(it, at) < 0);
  return isConstant || isSet ? revisionWritten : null;
}

function place(
  load: ModelLoad,
  name: string,
  revision: string | null,
): Pick<FaultInput, 'at' | 'chain' | 'key' | 'value' | 'subject'> {
  return {
    at: load.at,
    chain: chainOf(load.name),
    key: `${load.key}(revision)`,
    value: revision === null ? name : `${name}@${revision}`,
    subject: name,
  };
}

function absentMessage(load: ModelLoad, name: string, run: TrainingRun): string {
  return `${load.label} loads \`${name}\` from its default branch, which moves. ${orderToPin(load, run)} the commit this run was tested with; ${findCommit(name)}.`;
}

function movingMessage(name: string, revision: string): string {
  return `\`${revision}\` of \`${name}\` moves, so this revision pins nothing. Name the commit this run was tested with; ${findCommit(name)}.`;
}

const REVISION_KEYS: Partial<Record<Stack, string>> = {
  axolotl: 'revision_of_model',
  'llama-factory': 'model_revision',
  'trl-cli': 'model_revision',
  'trl-recipe': 'model_revision',
  'open-instruct': 'model_revision',
  'hf-trainer': 'model_revision',
};

/** Where this load takes its pin, as the beginning of an order. */
function orderToPin(load: ModelLoad, run: TrainingRun): string {
  const key = REVISION_KEYS[run.stack];
  if (key !== undefined) return `Set \`${key}\` to`;
  if (load.argumentsAt === null) return 'Give `model_init_kwargs` a `revision` with';
  // Unsloth swaps many repositories for mirrors of its own, and the revision is then dropped.
  return /^Fast\w*Model\./.test(load.key)
    ? 'Pass `use_exact_model_name=True` and `revision=` with'
    : 'Pass `revision=` with';
}

/** The command that prints the newest commit of a hub repository, without any library. */
function findCommit(name: string): string {
  return `\`git ls-remote https://huggingface.co/${name} HEAD\` prints the newest one`;
}
