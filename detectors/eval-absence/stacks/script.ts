import { settingOf, type TrainingRun } from '../../../src/model/run.js';
import { isTrue } from '../../../src/model/setting.js';
import { evaluatedByItself } from '../evidence.js';
import { isGiven, placeOf } from '../held-out-data.js';
import { scheduleOf } from '../schedule.js';
import type { Evaluation } from '../situation.js';
import { doubtAbout, handedIn, judgeSilence } from './trainer.js';

/** A file that a script reads: its keys are arguments of the trainer, and the script hands in the data. */
export function scriptEvaluation(run: TrainingRun): Evaluation {
  const schedule = scheduleOf(run.settings);
  if (schedule.state === 'on') return { state: 'evaluated', by: 'trainer', at: schedule.at };
  // open-r1 starts these after training.
  const benchmarks = settingOf(run.settings, 'benchmarks');
  if (isGiven(benchmarks)) return { state: 'evaluated', by: 'benchmark', at: placeOf(benchmarks, run.at) };
  const named = handedIn(run);
  const data = named.state === 'given' ? named.at : null;
  const end = evaluationAtEnd(run);
  if (end !== null) return end;
  if (run.callsOpen !== null) return judgeSilence(run, schedule, data);
  const doubt = named.state === 'unknown' ? named.reason : doubtAbout(run, data);
  return doubt === null ? judgeSilence(run, schedule, data) : { state: 'unknown', reason: doubt, data };
}

/** Scripts commonly evaluate at the end of training where `do_eval` says so, whatever the schedule. */
function evaluationAtEnd(run: TrainingRun): Evaluation | null {
  // It starts jobs of its own that evaluate.
  if (run.stack === 'open-instruct')
    return { state: 'unknown', reason: 'open-instruct evaluates elsewhere', data: null };
  const asked = settingOf(run.settings, 'do_eval').setting;
  const itself = evaluatedByItself(run);
  if (itself !== null && (itself.by === 'benchmark' || isTrue(asked))) return itself;
  if (itself === null && (asked.state === 'absent' || isFalse(asked))) return null;
  return { state: 'unknown', reason: 'the script may evaluate at the end', data: null };
}

function isFalse(setting: ReturnType<typeof settingOf>['setting']): boolean {
  return setting.state === 'literal' && /^(?:false|no|0)$/i.test(String(setting.value));
}
