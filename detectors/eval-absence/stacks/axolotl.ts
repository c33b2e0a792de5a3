import type { Fix } from '../../../src/model/fix.js';
import type { Location } from '../../../src/model/location.js';
import { settingOf, type TrainingRun } from '../../../src/model/run.js';
import { isTrue, numberIn } from '../../../src/model/setting.js';
import { settingsFix } from '../../../src/model/settings-fix.js';
import { releasedSince } from '../../../src/model/versions.js';
import { benchmarkOf } from '../evidence.js';
import { type HeldOutData, heldOutData, isGiven, SHARE } from '../held-out-data.js';
import { type Schedule, scheduleLack, scheduleOf } from '../schedule.js';
import type { Evaluation, Lack } from '../situation.js';

/** `val_set_size` is 0 by default, and then nothing is evaluated, whatever the schedule says. */
export function axolotlEvaluation(run: TrainingRun): Evaluation {
  const own = ownEvaluation(run);
  if (own.state === 'evaluated') return own;
  const benchmark = ownBenchmark(run) ?? benchmarkOf(run);
  return benchmark === null ? own : { state: 'evaluated', by: 'benchmark', at: benchmark };
}

/** What the trainer does, benchmarks aside. */
function ownEvaluation(run: TrainingRun): Evaluation {
  const data = heldOutData(run, 'val_set_size', 'test_datasets');
  if (data.state === 'given') return judgeSchedule(run, data.at);
  if (data.state === 'unknown') return { ...data, data: null };
  return { state: 'nothing-held-out', lack: noData(run, data.lack) };
}

function noData(run: TrainingRun, lack: Extract<HeldOutData, { state: 'none' }>['lack']): Lack {
  // axolotl refuses to split what it streams, so no edit is offered there.
  const streams = ['pretraining_dataset', 'streaming'].some((key) => isGiven(settingOf(run.settings, key)));
  return {
    ...lack,
    confidence: 'high',
    what:
      lack.kind === 'violated'
        ? `\`val_set_size: ${lack.value}\` holds nothing out`
        : 'Without `val_set_size` and `test_datasets`, axolotl holds nothing out',
    order: streams
      ? 'Name a set to measure on in `test_datasets`: a stream cannot be split by `val_set_size`.'
      : 'Set aside a small share of the data.',
    fix: streams ? null : splitFix(run),
  };
}

function splitFix({ settings }: TrainingRun): Fix | null {
  const isScheduled = SCHEDULE_KEYS.some((key) => isGiven(settingOf(settings, key)));
  const schedule = isScheduled ? [] : [['eval_strategy', 'epoch'] as const];
  return settingsFix(settings, [['val_set_size', SHARE], ...schedule], 'Set aside 5 % of the data.');
}

const SCHEDULE_KEYS = ['eval_steps', 'evals_per_epoch', 'eval_strategy', 'evaluation_strategy'];

/** What a plug-in of axolotl runs after training, or the trainer beside its loss. */
function ownBenchmark({ settings }: TrainingRun): Location | null {
  const tasks = settingOf(settings, 'lm_eval_tasks');
  if (tasks.setting.state === 'literal' && isGiven(tasks)) return tasks.setting.at;
  const bench = settingOf(settings, 'do_bench_eval').setting;
  return isTrue(bench) ? bench.at : null;
}

function judgeSchedule(run: TrainingRun, data: Location): Evaluation {
  for (const key of ['eval_steps', 'evals_per_epoch']) {
    const { setting } = settingOf(run.settings, key);
    if (setting.state === 'dynamic') return { state: 'unknown', reason: `\`${key}\` is computed`, data };
    if ((numberIn(setting) ?? 0) > 0) return { state: 'evaluated', by: 'trainer', at: data };
  }
  const schedule = scheduleOf(run.settings);
  // Up to 0.9 axolotl evaluated every epoch by itself; since 0.10 it evaluates where a key says when.
  const since = schedule.state === 'absent' ? releasedSince(run.versions, 'axolotl', '0.10.0') : 'all';
  if (schedule.state === 'on' || since === 'none') return { state: 'evaluated', by: 'trainer', at: data };
  if (schedule.state === 'unknown') return { ...schedule, data };
  return since === 'some'
    ? { state: 'unknown', reason: 'whether axolotl evaluates by itself depends on its release', data }
    : { state: 'not-scheduled', data, lack: noSchedule(run, schedule) };
}

function noSchedule({ settings }: TrainingRun, schedule: Extract<Schedule, { state: 'off' | 'absent' }>): Lack {
  return {
    ...scheduleLack(schedule, settings),
    key: 'eval_strategy',
    confidence: 'high',
    what:
      schedule.state === 'off'
        ? `\`${schedule.name}: no\` switches evaluation off, so the rows that are held out are never looked at`
        : 'axolotl 0.10 and later evaluate only where a key says when, so the rows that are held out are never looked at',
    order: 'Evaluate at the end of each epoch, or more often with `evals_per_epoch`.',
    fix: settingsFix(
      settings,
      [[schedule.state === 'off' ? schedule.name : 'eval_strategy', 'epoch']],
      'Evaluate every epoch.',
    ),
  };
}
