import type { Location } from '../../../src/model/location.js';
import { settingOf, type TrainingRun } from '../../../src/model/run.js';
import { isTrue } from '../../../src/model/setting.js';
import { evaluatedByItself } from '../evidence.js';
import { type HeldOutData, heldOutData, SHARE } from '../held-out-data.js';
import { type Schedule, scheduleFix, scheduleLack, scheduleOf } from '../schedule.js';
import type { Evaluation, Lack } from '../situation.js';

/** `val_size` splits the data, `eval_dataset` names a set of its own; both together are an error. */
export function llamaFactoryEvaluation(run: TrainingRun): Evaluation {
  if (run.method === 'ppo') return { state: 'inexpressible', reason: 'LLaMA-Factory refuses to evaluate PPO' };
  const data = heldOutData(run, 'val_size', 'eval_dataset');
  const schedule = scheduleIn(run);
  const itself = evaluatedByItself(run);
  if (schedule.state === 'on') {
    if (data.state === 'given') return { state: 'evaluated', by: 'trainer', at: schedule.at };
    // It does not start like this, so something that is not seen names the data.
    return itself ?? { state: 'unknown', reason: 'it evaluates on data that is not named', data: null };
  }
  if (itself !== null) return itself;
  if (data.state === 'given') return judgeSchedule(run, schedule, data.at);
  if (data.state === 'unknown') return { ...data, data: null };
  return { state: 'nothing-held-out', lack: noData(run, data.lack) };
}

/** `do_eval` and `do_predict` evaluate once, at the end of training. */
function scheduleIn({ settings }: TrainingRun): Schedule {
  for (const key of ['do_eval', 'do_predict']) {
    const { setting } = settingOf(settings, key);
    if (isTrue(setting)) return { state: 'on', at: setting.at };
    if (setting.state === 'dynamic') return { state: 'unknown', reason: `\`${key}\` is computed` };
  }
  return scheduleOf(settings);
}

function noData(run: TrainingRun, lack: Extract<HeldOutData, { state: 'none' }>['lack']): Lack {
  const streams = isTrue(settingOf(run.settings, 'streaming').setting);
  return {
    ...lack,
    confidence: 'high',
    what:
      lack.kind === 'violated'
        ? `\`val_size: ${lack.value}\` holds nothing out`
        : 'Without `val_size` and `eval_dataset`, LLaMA-Factory holds nothing out',
    order: 'Set aside a small share of the data, and evaluate on it.',
    // A stream takes a number of rows, and how many there are is not known.
    fix: streams ? null : scheduleFix({ run, steps: STEPS, besides: [['val_size', SHARE]] }),
  };
}

function judgeSchedule(run: TrainingRun, schedule: Exclude<Schedule, { state: 'on' }>, data: Location): Evaluation {
  if (schedule.state === 'unknown') return { ...schedule, data };
  const lack: Lack = {
    // The share that is held out is the line which asks for a schedule.
    ...scheduleLack(schedule, run.settings, data),
    key: 'eval_strategy',
    confidence: 'high',
    what:
      schedule.state === 'off'
        ? `\`${schedule.name}: no\` switches evaluation off, so the rows that are held out are never looked at`
        : 'Rows are held out and nothing says when to look at them, so they are only lost to training',
    order: run.settings.stated.has('eval_steps')
      ? 'Set `eval_strategy: steps`; `eval_steps` alone schedules nothing.'
      : 'Set `eval_strategy` and `eval_steps`.',
    fix: scheduleFix({ run, steps: STEPS }),
  };
  return { state: 'not-scheduled', data, lack };
}

/** Between two evaluations where the file does not say how often it saves. */
const STEPS = 500;
