import { addArgument, type Fix } from '../../../src/model/fix.js';
import type { Location } from '../../../src/model/location.js';
import { defineRule } from '../../../src/model/rule.js';
import type { RunCall, TrainingRun } from '../../../src/model/run.js';
import type { DataUse, Taking } from '../../../src/model/run-data.js';
import { isLiteral } from '../../../src/model/setting.js';
import { met, missing, overPlaces, type PlaceVerdict, unknown, violated } from '../../../src/model/verdict.js';
import { evaluationOf } from '../../eval-absence/evaluation.js';
import { ownSplitOf } from '../own-split.js';

/** The same rows are held out in every run. */
export const unseededSplit = defineRule({
  id: 'dataset-contamination/unseeded-split',
  title: 'Other rows are held out in every run',
  severity: 'warning',
  judge: (run) =>
    overPlaces(
      [...run.calls.flatMap((call) => judgeCall(call, run) ?? []), ...judgeSettings(run)],
      'the run makes no random split',
    ),
});

/** A call that draws rows at random. */
interface RandomSplit {
  readonly name: RegExp;
  /** The argument that seeds it. */
  readonly seed: string;
  /** Calls that seed the random numbers which it draws from where it is not told. */
  readonly seededBy: RegExp;
  /** Whether a number will do for the argument. */
  readonly takesNumber: boolean;
}

const SEEDS_ALL =
  '(?:^|\\.)(?:set_seed|seed_everything|enable_full_determinism|set_random_seed|fix_seed|seed_all|set_determinism)$';
const BY_NUMPY = new RegExp(`${SEEDS_ALL}|^numpy\\.random\\.seed$`);
const BY_TORCH = new RegExp(`${SEEDS_ALL}|^torch\\.(?:random\\.)?manual_seed$`);

const SPLITS: readonly RandomSplit[] = [
  { name: /^\.train_test_split$/, seed: 'seed', seededBy: BY_NUMPY, takesNumber: true },
  {
    name: /^sklearn\.model_selection\.(?:train_test_split|(?:Stratified|Group)?ShuffleSplit)$/,
    seed: 'random_state',
    seededBy: BY_NUMPY,
    takesNumber: true,
  },
  {
    name: /^torch\.utils\.data(?:\.dataset)?\.random_split$/,
    seed: 'generator',
    seededBy: BY_TORCH,
    takesNumber: false,
  },
];
/** Rows that are shuffled and then taken by their place are a random split as well. */
const SHUFFLES: RandomSplit = { name: /^\.shuffle$/, seed: 'seed', seededBy: BY_NUMPY, takesNumber: true };
/** A sample is trained on, what is left is held out. */
const SAMPLES: RandomSplit = { name: /^\.sample$/, seed: 'random_state', seededBy: BY_NUMPY, takesNumber: true };

function judgeCall(call: RunCall, run: TrainingRun): PlaceVerdict | null {
  const split = splitOf(call, run);
  if (split === null) return null;
  const given = call.arguments.get(split.seed);
  if (given !== undefined && given.state !== 'absent') return met(given.at);
  const shuffle = call.arguments.get('shuffle');
  // Without shuffling the last rows are held out, the same ones each time.
  if (shuffle !== undefined && isLiteral(shuffle, false)) return met(shuffle.at);
  if (shuffle?.state === 'dynamic') return unknown('whether the split is random is computed');
  if (call.open) return unknown('the split takes arguments that could not be read');
  const seeding = run.calls.find(({ name }) => split.seededBy.test(name));
  if (seeding !== undefined) return met(seeding.at);
  if (run.callsOpen !== null) return unknown(run.callsOpen);
  return faultOf(call, split, run);
}

function splitOf(call: RunCall, { data: { training, evaluation } }: TrainingRun): RandomSplit | null {
  const split = SPLITS.find(({ name }) => name.test(call.name));
  if (split !== undefined) return split;
  const takings = [takingsOf(training), takingsOf(evaluation)];
  const isOfBoth = (is: (taking: Taking) => boolean): boolean => takings.every((it) => it.some(is));
  if (SHUFFLES.name.test(call.name))
    return isOfBoth((it) => it.kind === 'range' && it.shuffled !== null && isAt(it.shuffled, call.at))
      ? SHUFFLES
      : null;
  const share = call.arguments.get('frac');
  if (!SAMPLES.name.test(call.name) || share === undefined || isLiteral(share, 1)) return null;
  const isSampled = takings.some((all) => all.some((it) => isAt(it.at, call.at)));
  const origins = [training, evaluation].map((use) => use?.sources?.map(({ origin }) => origin) ?? []);
  return isSampled && origins[0]?.some((it) => origins[1]?.includes(it)) === true ? SAMPLES : null;
}

function faultOf(call: RunCall, split: RandomSplit, run: TrainingRun): PlaceVerdict {
  const name = call.name.slice(call.name.lastIndexOf('.') + 1);
  const holdsOut = call.dropsPart !== true && !isSampleOnly(call, run);
  return missing({
    severity: holdsOut ? 'warning' : 'notice',
    at: call.at,
    key: `${name}(${split.seed})`,
    message: holdsOut
      ? `\`${name}\` draws other rows in every run, so that two runs cannot be compared, and what one held out the next has trained on. Pass \`${split.seed}\`.`
      : `\`${name}\` draws other rows in every run, so that two runs cannot be compared. Pass \`${split.seed}\`.`,
    fix: fixOf(call, split),
  });
}

function fixOf(call: RunCall, { seed, takesNumber }: RandomSplit): Fix | null {
  // `seed=None` is there already.
  if (!takesNumber || call.arguments.has(seed)) return null;
  return {
    applicability: 'unsafe',
    title: `Add \`${seed}=42\`.`,
    edits: [addArgument(call.argumentsAt, seed, '42')],
  };
}

/** Whether one part is trained on and nothing is measured on the other. */
function isSampleOnly({ at }: RunCall, { data: { training, evaluation } }: TrainingRun): boolean {
  const isPart = (it: Taking): boolean => it.kind === 'part' && isAt(it.at, at);
  return takingsOf(training).some(isPart) && !takingsOf(evaluation).some(isPart);
}

function takingsOf(use: DataUse | null): readonly Taking[] {
  return use?.sources?.flatMap(({ taken }) => taken) ?? [];
}

function isAt(a: Location, b: Location): boolean {
  return a.path === b.path && a.start === b.start;
}

/** A split that the stack makes by itself. */
function judgeSettings(run: TrainingRun): PlaceVerdict[] {
  const split = ownSplitOf(run);
  if (split.state === 'none') return [];
  if (split.state === 'unknown') return [unknown(split.reason)];
  return [split.seed === 'missing' ? mixtureSplit(run, split.at, split.size) : met(split.at)];
}

/** TRL joins what `datasets` lists and splits it, and has no key for a seed. */
function mixtureSplit(run: TrainingRun, at: Location, value: string): PlaceVerdict {
  const { state } = evaluationOf(run);
  return violated({
    severity: run.role === 'recipe' && (state === 'evaluated' || state === 'unknown') ? 'warning' : 'notice',
    at,
    key: 'test_split_size',
    value,
    message:
      'TRL splits a mixture without a seed, so that other rows are held out in every run, and by each process of one. Hold rows out where the data is made, and name both splits with `dataset_name` and `dataset_test_split`.',
  });
}
