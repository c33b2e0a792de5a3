import type { Fix } from '../../../src/model/fix.js';
import { defineRule } from '../../../src/model/rule.js';
import type { TrainingRun } from '../../../src/model/run.js';
import { settingsFix } from '../../../src/model/settings-fix.js';
import { met, notApplicable, overPlaces, type PlaceVerdict, unknown, violated } from '../../../src/model/verdict.js';
import { finalSave, SAVES_AT_THE_END, type Saving, savingOf } from '../saving.js';

/** A run leaves something behind, also where it ends early. */
export const nothingSaved = defineRule({
  id: 'checkpoint-management/nothing-saved',
  title: 'Checkpoints are switched off',
  severity: 'warning',
  judge: (run) => overPlaces([judgeRun(run)], 'the run saves nothing that could be judged'),
});

function judgeRun(run: TrainingRun): PlaceVerdict {
  const saving = savingOf(run);
  switch (saving.state) {
    case 'scheduled':
      return met(saving.at);
    case 'unknown':
      return unknown(saving.reason);
    case 'inexpressible':
      return notApplicable(saving.reason);
    case 'off':
      return run.settings.extend?.kind === 'call' ? judgeScript(run, saving) : judgeFile(run, saving);
  }
}

type Off = Extract<Saving, { state: 'off' }>;

/** A model that is written at the end is lost where the run breaks off, which is half the harm. */
const FINAL_CREDIT = 0.5;

function judgeScript(run: TrainingRun, saving: Off): PlaceVerdict {
  const last = finalSave(run);
  if (last !== null) return met(last, FINAL_CREDIT);
  if (run.callsOpen !== null) return unknown(run.callsOpen);
  const trains = run.calls.some(({ name }) => /(?:^\.|\.|_)train$/.test(name));
  if (!trains) return unknown('where the trainer is used is not seen');
  return violated({
    ...placeOf(saving),
    severity: run.role === 'recipe' ? 'warning' : 'notice',
    message:
      '`save_strategy` is `no` and nothing writes the model at the end, so the run leaves no weights behind. Save every epoch, and keep two.',
    fix: settingsFix(
      run.settings,
      [
        ['save_strategy', 'epoch'],
        ['save_total_limit', 2],
      ],
      'Save every epoch, and keep two checkpoints.',
    ),
  });
}

function judgeFile(run: TrainingRun, saving: Off): PlaceVerdict {
  const tool = SAVES_AT_THE_END.has(run.stack) ? 'The model is written at the end alone' : 'No checkpoint is written';
  return violated({
    ...placeOf(saving),
    severity: 'notice',
    message: `${tool} with \`save_strategy: no\`, so a run that breaks off is lost. Save now and then.`,
    fix: saveFix(run),
  });
}

function saveFix(run: TrainingRun): Fix | null {
  const every = run.settings.stated.has('save_steps') ? [] : ([['save_steps', 100]] as const);
  return settingsFix(run.settings, [['save_strategy', 'steps'], ...every], 'Save every 100 steps.');
}

function placeOf({ at, chain, written }: Off): { at: Off['at']; chain: Off['chain']; key: string; value: string } {
  return { at, chain, key: 'save_strategy', value: written };
}
