import { type Fix, replaceValue } from '../../../src/model/fix.js';
import type { Location } from '../../../src/model/location.js';
import { defineRule } from '../../../src/model/rule.js';
import type { Method, RunCall, TrainingRun } from '../../../src/model/run.js';
import type { DynamicSetting } from '../../../src/model/setting.js';
import {
  met,
  missing,
  notApplicable,
  overPlaces,
  type PlaceVerdict,
  unknown,
  violated,
} from '../../../src/model/verdict.js';

/** Everything random in a run starts from a number that is written down. */
export const unseeded = defineRule({
  id: 'run-lineage/unseeded',
  title: 'Run starts from a random seed',
  severity: 'warning',
  judge(run) {
    return overPlaces([judgeSeed(run), judgeInitialisation(run)], 'the run has no seed of its own');
  },
});

/** Every trainer here seeds itself with 42 where it is told nothing; torchtune draws a seed where it is told `null`. */
function judgeSeed(run: TrainingRun): PlaceVerdict {
  const control = run.settings.stated.get('seed');
  if (control === undefined) return judgeDefault(run);
  const { setting, nothing } = control;
  if (setting.state === 'literal')
    return /^\d+$/.test(String(setting.value)) ? met(setting.at) : unknown('the seed is not a number');
  if (setting.state === 'dynamic') return drawn(setting) ?? unknown(`the seed is computed: ${setting.expression}`);
  // axolotl reads an empty seed as 42.
  if (run.stack === 'axolotl') return met(control.stated ?? run.settings.at);
  if (nothing === undefined) return unknown('what the seed is set to is not known');
  return violated({
    severity: 'warning',
    at: nothing.at,
    key: 'seed',
    value: 'null',
    message: nothingMessage(run),
    fix: seedFix(nothing.at),
  });
}

function judgeDefault(run: TrainingRun): PlaceVerdict {
  if (run.stack === 'torchtune') return unknown('the recipe takes its seed from elsewhere');
  if (run.stack === 'open-instruct') return unknown('the default seed depends on the release of open-instruct');
  // Whatever a command line or another file says of it is a number: the Trainer takes no other seed.
  return met(run.settings.at);
}

function nothingMessage(run: TrainingRun): string {
  return run.stack === 'torchtune'
    ? 'With `seed: null` torchtune draws a new seed for every run, so no two runs are alike. Write a number.'
    : '`seed` is set to nothing here, in place of the 42 that the trainer starts from by default. Write a number.';
}

/** Expressions that give another number each time, whatever was seeded before; `RANDOM` is the shell's. */
const CLOCK =
  /(?:^|[.(])(?:time|time_ns|now|utcnow|perf_counter|getpid|urandom|uuid4|SystemRandom|randbits|token_\w+)\(|^RANDOM$/;

function drawn({ expression, at, chain }: DynamicSetting): PlaceVerdict | null {
  if (!CLOCK.test(expression)) return null;
  return violated({
    severity: 'warning',
    at,
    chain,
    key: 'seed',
    value: expression,
    message: `The seed is \`${expression === 'RANDOM' ? '$RANDOM' : expression}\`, another number in every run, so no run can be repeated. Write a number.`,
    fix: seedFix(at),
  });
}

function seedFix(at: Location): Fix {
  return { applicability: 'unsafe', title: 'Seed the run with 42.', edits: [replaceValue(at, 42)] };
}

const SEEDS =
  /(?:^|\.)(?:set_seed|manual_seed|manual_seed_all|seed_everything|enable_full_determinism|set_random_seed|seed)$/;

/** The Trainer seeds when it is made. What is drawn before, an adapter's weights or a new head, is not covered. */
function judgeInitialisation(run: TrainingRun): PlaceVerdict {
  const drawing = run.calls.find((call) => drawsWeights(call, run));
  if (drawing === undefined || run.trainer.stated.has('model_init'))
    return notApplicable('no weights are drawn before the trainer is made');
  const seeding = run.calls.find((call) => SEEDS.test(call.name));
  if (seeding !== undefined) return met(seeding.at);
  if (run.callsOpen !== null) return unknown(run.callsOpen);
  return missing({
    severity: 'notice',
    at: drawing.at,
    key: `${drawing.name.split('.').at(-1)}(seed)`,
    message:
      'New weights are drawn here, before the trainer seeds anything, so they differ from run to run. Call `set_seed` from transformers first.',
  });
}

/** What scores the answers of a policy, and what its value starts from, has the head that a run before trained. */
const SCORED: ReadonlySet<Method> = new Set<Method>(['ppo', 'rloo', 'grpo']);

function drawsWeights(call: RunCall, { method }: TrainingRun): boolean {
  if (call.name === 'peft.get_peft_model') return true;
  if (SCORED.has(method)) return false;
  return /^transformers\.\w+\.from_pretrained$/.test(call.name) && call.arguments.has('num_labels');
}
