import type { Location } from '../../../src/model/location.js';
import { settingOf, type TrainingRun } from '../../../src/model/run.js';
import { isTrue, numberIn } from '../../../src/model/setting.js';
import { releasedSince } from '../../../src/model/versions.js';
import { evaluatedByItself, ownEvaluation, splitElsewhere } from '../evidence.js';
import { type Schedule, scheduleFix, scheduleLack, scheduleOf } from '../schedule.js';
import type { Evaluation, Lack } from '../situation.js';

/** A trainer of transformers or TRL in Python: `eval_dataset` with `eval_strategy`, or a call that evaluates. */
export function trainerEvaluation(run: TrainingRun): Evaluation {
  const itself = evaluatedByItself(run);
  if (itself !== null) return itself;
  const schedule = scheduleOf(run.settings);
  const data = handedIn(run);
  if (schedule.state === 'on') {
    // The trainer refuses a schedule without data, so a class of the repository's own brings the data.
    if (data.state === 'none') return { state: 'unknown', reason: 'it evaluates on data that is not seen', data: null };
    return { state: 'evaluated', by: 'trainer', at: schedule.at };
  }
  const named = data.state === 'given' ? data.at : null;
  const doubt = doubtAbout(run, named) ?? (data.state === 'unknown' ? data.reason : null);
  if (doubt !== null) return { state: 'unknown', reason: doubt, data: named };
  if (named !== null && samplesCompletions(run)) return { state: 'evaluated', by: 'trainer', at: named };
  if (named === null && ownLoop(run))
    return { state: 'unknown', reason: 'the script trains in a loop of its own', data: null };
  return judgeSilence(run, schedule, named);
}

/** Why it cannot be told that nothing evaluates, beyond what was not read; null where nothing hints at it. */
export function doubtAbout(run: TrainingRun, data: Location | null): string | null {
  const trains = run.calls.some(({ name }) => /(?:^\.|\.|_)train$/.test(name));
  if (!trains) return 'where the trainer is used is not seen';
  return ownEvaluation(run) ?? (data === null ? splitElsewhere(run) : null);
}

/** Neither a schedule nor a call that evaluates. What a value switches off is so even where not all was read. */
export function judgeSilence(
  run: TrainingRun,
  schedule: Exclude<Schedule, { state: 'on' }>,
  data: Location | null,
): Evaluation {
  if (data !== null && schedule.state === 'unknown') return { ...schedule, data };
  if (run.callsOpen !== null && schedule.state !== 'off') return { state: 'unknown', reason: run.callsOpen, data };
  const confidence = run.callsOpen === null ? 'high' : 'medium';
  if (schedule.state === 'unknown') return { state: 'nothing-held-out', lack: noData(run, confidence, []) };
  if (data !== null) return { state: 'not-scheduled', data, lack: noSchedule(run, schedule, confidence) };
  if (run.callsOpen !== null) return { state: 'nothing-held-out', lack: noSchedule(run, schedule, confidence) };
  return { state: 'nothing-held-out', lack: noData(run, confidence, schedule.state === 'off' ? schedule.chain : []) };
}

function noData(run: TrainingRun, confidence: Lack['confidence'], chain: Lack['chain']): Lack {
  const trainer = trainerName(run);
  return {
    kind: 'missing',
    at: run.trainer.at,
    chain,
    key: 'eval_dataset',
    value: null,
    confidence,
    what: `${article(trainer)} gets no \`eval_dataset\` and nothing else evaluates the model`,
    order: 'Keep a part of the data away from training, and hand it in as `eval_dataset` with an `eval_strategy`.',
    fix: null,
  };
}

function noSchedule(
  run: TrainingRun,
  schedule: Extract<Schedule, { state: 'off' | 'absent' }>,
  confidence: Lack['confidence'],
): Lack {
  const { settings } = run;
  const alone = isTrue(settingOf(settings, 'do_eval').setting) ? '; `do_eval` alone changes nothing' : '';
  const isFile = settings.extend?.kind !== 'call';
  return {
    ...scheduleLack(schedule, settings),
    key: 'eval_strategy',
    confidence,
    what:
      schedule.state === 'off'
        ? `\`${schedule.name}\` is \`${schedule.written}\`, which switches evaluation off${alone}`
        : `\`eval_strategy\` is not set and is \`no\` by default, so the evaluation data is never looked at${alone}`,
    order: 'Evaluate whenever it saves, or call `trainer.evaluate()` at the end.',
    // Which split a script would take from a file's data is not known to be there.
    fix: isFile || confidence !== 'high' ? null : scheduleFix({ run, steps: 200 }),
  };
}

/** `eval_dataset` of the trainer. An object shows as a computed value, which is there all the same. */
export function handedIn({
  trainer,
}: TrainingRun):
  | { readonly state: 'given'; readonly at: Location }
  | { readonly state: 'none' }
  | { readonly state: 'unknown'; readonly reason: string } {
  const control = settingOf(trainer, 'eval_dataset');
  if (control.setting.state !== 'absent') return { state: 'given', at: control.stated ?? control.setting.at };
  if (control.nothing !== undefined || trainer.open === null) return { state: 'none' };
  return { state: 'unknown', reason: trainer.open };
}

/** PPO in TRL, and RLOO up to 0.21, answer the evaluation prompts while training, whatever the schedule. */
function samplesCompletions({ method, settings, versions }: TrainingRun): boolean {
  const samples = numberIn(settingOf(settings, 'num_sample_generations').setting);
  if (samples === 0) return false;
  return method === 'ppo' || (method === 'rloo' && releasedSince(versions, 'trl', '0.22.0') === 'none');
}

/** PPO up to TRL 0.11 is a loop over `.step()`, and knows no evaluation data. */
export function ownLoop({ method, trainer }: TrainingRun): boolean {
  return method === 'ppo' && ['config', 'dataset', 'tokenizer'].some((key) => trainer.stated.has(key));
}

/** The class as the author names it; the script for a file. */
function trainerName({ name }: TrainingRun): string {
  return /: (\w+)$/.exec(name)?.[1] ?? 'trainer';
}

function article(trainer: string): string {
  return trainer === 'trainer' ? 'The trainer' : `\`${trainer}\``;
}
