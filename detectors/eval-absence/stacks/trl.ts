import type { Fix } from '../../../src/model/fix.js';
import type { Location } from '../../../src/model/location.js';
import { settingOf, type TrainingRun } from '../../../src/model/run.js';
import { releasedSince } from '../../../src/model/versions.js';
import { evaluatedByItself } from '../evidence.js';
import { isGiven, SHARE } from '../held-out-data.js';
import { type Schedule, scheduleFix, scheduleLack, scheduleOf } from '../schedule.js';
import type { Evaluation } from '../situation.js';
import { scriptEvaluation } from './script.js';

/** `trl sft` and its like hand over an evaluation set only where a schedule is set. */
export function trlEvaluation(run: TrainingRun): Evaluation {
  if (run.callsOpen !== null) return scriptEvaluation(run);
  const schedule = scheduleOf(run.settings);
  if (schedule.state === 'on') return { state: 'evaluated', by: 'trainer', at: schedule.at };
  const itself = evaluatedByItself(run);
  if (itself !== null) return itself;
  const data = namedSplit(run);
  return schedule.state === 'unknown' ? { ...schedule, data } : judgeSilence(run, schedule, data);
}

/** The default split, `test`, is not in every data set, so only a split that is named is known to be there. */
function namedSplit({ settings }: TrainingRun): Location | null {
  for (const key of ['dataset_test_split', 'test_split_size', 'dataset_mixture.test_split_size']) {
    const { setting } = settingOf(settings, key);
    if (setting.state !== 'absent') return setting.at;
  }
  return null;
}

function judgeSilence(
  run: TrainingRun,
  schedule: Extract<Schedule, { state: 'off' | 'absent' }>,
  data: Location | null,
): Evaluation {
  const lack = {
    ...scheduleLack(schedule, run.settings),
    key: 'eval_strategy',
    confidence: 'high',
    what:
      schedule.state === 'off'
        ? `\`${schedule.name}: no\` switches evaluation off`
        : 'Without `eval_strategy`, `trl` evaluates nothing',
  } as const;
  if (data === null) {
    const order = 'Set `eval_strategy: steps`, and name the split to measure on in `dataset_test_split`.';
    return { state: 'nothing-held-out', lack: { ...lack, order, fix: splitFix(run) } };
  }
  const order = 'Set `eval_strategy` and `eval_steps`, so that the split it names is looked at.';
  return { state: 'not-scheduled', data, lack: { ...lack, order, fix: scheduleFix({ run, steps: STEPS }) } };
}

/** A mixture of data sets can be split by TRL itself, since 0.22. */
function splitFix(run: TrainingRun): Fix | null {
  const isMixture = isGiven(settingOf(run.settings, 'datasets'));
  if (!isMixture || releasedSince(run.versions, 'trl', '0.22.0') !== 'all') return null;
  return scheduleFix({ run, steps: STEPS, besides: [['test_split_size', SHARE]] });
}

/** Between two evaluations where the file does not say how often it saves. */
const STEPS = 100;
