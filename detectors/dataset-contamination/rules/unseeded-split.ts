import { addArgument } from '../../../src/model/fix.js';
import { defineRule } from '../../../src/model/rule.js';
import type { RunCall, TrainingRun } from '../../../src/model/run.js';
import { isLiteral } from '../../../src/model/setting.js';
import { met, missing, overPlaces, type PlaceVerdict, unknown } from '../../../src/model/verdict.js';

/** The same rows are held out in every run. */
export const unseededSplit = defineRule({
  id: 'dataset-contamination/unseeded-split',
  title: 'Other rows are held out in every run',
  severity: 'warning',
  judge: (run) =>
    overPlaces(
      run.calls.flatMap((call) => judgeCall(call, run) ?? []),
      'the run makes no random split',
    ),
});

/** Calls that split at random, and the argument that seeds each. */
const SPLITS: readonly { readonly name: RegExp; readonly seed: string }[] = [
  { name: /^\.train_test_split$/, seed: 'seed' },
  { name: /^sklearn\.model_selection\.train_test_split$/, seed: 'random_state' },
];

/** What seeds the random numbers of numpy, from which both draw where they are not told. */
const SEEDS =
  /(?:^|\.)(?:set_seed|seed_everything|enable_full_determinism|set_random_seed|fix_seed|seed_all)$|^numpy\.random\.seed$/;

function judgeCall(call: RunCall, run: TrainingRun): PlaceVerdict | null {
  const split = SPLITS.find(({ name }) => name.test(call.name));
  if (split === undefined) return null;
  const given = call.arguments.get(split.seed);
  if (given !== undefined && given.state !== 'absent') return met(given.at);
  const shuffle = call.arguments.get('shuffle');
  // Without shuffling the last rows are held out, the same ones each time.
  if (shuffle !== undefined && isLiteral(shuffle, false)) return met(shuffle.at);
  if (shuffle?.state === 'dynamic') return unknown('whether the split is random is computed');
  if (call.open) return unknown('the split takes arguments that could not be read');
  const seeding = run.calls.find(({ name }) => SEEDS.test(name));
  if (seeding !== undefined) return met(seeding.at);
  if (run.callsOpen !== null) return unknown(run.callsOpen);
  return missing({
    severity: 'warning',
    at: call.at,
    key: `train_test_split(${split.seed})`,
    message: `\`train_test_split\` draws other rows in every run, so that two runs cannot be compared, and what one held out the next has trained on. Pass \`${split.seed}\`.`,
    fix: {
      applicability: 'unsafe',
      title: `Add \`${split.seed}=42\`.`,
      edits: [addArgument(call.argumentsAt, split.seed, '42')],
    },
  });
}
