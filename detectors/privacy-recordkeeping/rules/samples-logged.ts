import { defineRule } from '../../../src/model/rule.js';
import { settingOf, type TrainingRun } from '../../../src/model/run.js';
import { chainOf, isTrue } from '../../../src/model/setting.js';
import { met, notApplicable, overPlaces, type PlaceVerdict, unknown, violated } from '../../../src/model/verdict.js';

/** Texts of personal data do not go to a tracker. */
export const samplesLogged = defineRule({
  id: 'privacy-recordkeeping/samples-logged',
  title: 'Prompts and answers with personal data are sent to a tracker',
  severity: 'warning',
  judge: (run, { privacyRequired }) =>
    overPlaces(privacyRequired ? [judgeRun(run)] : [], 'the data is not declared personal'),
});

function judgeRun(run: TrainingRun): PlaceVerdict {
  const { setting } = settingOf(run.settings, 'log_completions');
  if (setting.state === 'dynamic') return unknown('`log_completions` is computed');
  if (setting.state === 'absent')
    return run.settings.open === null
      ? notApplicable('nothing logs what the model answers')
      : unknown(run.settings.open);
  const { at } = setting;
  if (!isTrue(setting)) return met(at);
  return violated({
    severity: 'warning',
    at,
    chain: chainOf(setting),
    key: 'log_completions',
    value: 'true',
    message:
      'Prompts and answers go to the tracker, and the data is declared personal. Switch it off, or log samples that are made for it.',
    fix: {
      applicability: 'unsafe',
      title: 'Keep prompts and answers out of the log.',
      edits: [{ kind: 'replace-value', at, value: false }],
    },
  });
}
