import { defineRule } from '../../../src/model/rule.js';
import { settingOf, type TrainingRun } from '../../../src/model/run.js';
import { met, missing, notApplicable, overPlaces, type PlaceVerdict, unknown } from '../../../src/model/verdict.js';

/** Something checks that rows are what the format expects. */
export const noDataContract = defineRule({
  id: 'prompt-format-inconsistency/no-data-contract',
  title: 'Nothing checks the rows before training',
  severity: 'notice',
  judge: (run) => overPlaces([judgeRun(run)], 'the run holds nothing that could be judged'),
});

const CHECKS =
  /^(?:pydantic|jsonschema|pandera|great_expectations|cerberus|marshmallow|fastjsonschema|voluptuous)(?:\.|$)/;

function judgeRun(run: TrainingRun): PlaceVerdict {
  const check = run.calls.find(({ name }) => CHECKS.test(name));
  if (check !== undefined) return met(check.at);
  const typed = run.calls.find(
    ({ name, arguments: given }) => /(?:^|\.)load_dataset$/.test(name) && given.has('features'),
  );
  if (typed !== undefined) return met(typed.at);
  if (run.settings.extend?.kind !== 'call') return notApplicable('a configuration file has no key for it');
  if (run.callsOpen !== null) return unknown(run.callsOpen);
  const { setting } = settingOf(run.trainer, 'train_dataset');
  if (setting.state === 'absent') return unknown('which rows it trains on is not seen');
  const own = run.calls.find(({ name }) => /(?:^|\.)(?:validate\w*|check_\w*(?:rows|data|schema|columns))$/.test(name));
  if (own !== undefined) return unknown(`what \`${own.name}\` checks is not followed`);
  return missing({
    severity: 'notice',
    at: run.trainer.at,
    key: 'data_contract',
    message:
      'A row without an answer, or with keys of another format, is trained on all the same. Check the rows before training, with `features=` where they are loaded or a schema.',
  });
}
