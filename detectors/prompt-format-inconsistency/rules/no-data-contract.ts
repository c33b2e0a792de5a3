import { encloses } from '../../../src/model/location.js';
import { defineRule } from '../../../src/model/rule.js';
import type { RunCall, TrainingRun } from '../../../src/model/run.js';
import { isLiteral } from '../../../src/model/setting.js';
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

/** Readers that hand on whatever keys and types the files have. */
const BUILDERS = /^(?:json|csv|parquet|text|arrow|pandas|xml)$/;
const READS = /^pandas\.read_(?:json|csv|table|parquet|excel|feather|pickle)$/;

/** Few projects check their rows; it is told where rows of a file are taken apart by hand, and an edit is at hand. */
function judgeRun(run: TrainingRun): PlaceVerdict {
  const check = run.calls.find(({ name }) => CHECKS.test(name));
  if (check !== undefined) return met(check.at);
  const typed = run.calls.find(({ name, arguments: given }) => LOADS.test(name) && given.has('features'));
  if (typed !== undefined) return met(typed.at);
  if (run.settings.extend?.kind !== 'call') return notApplicable('a configuration file has no key for it');
  if (run.role !== 'recipe') return notApplicable('an example trains on data that is known');
  const reads = run.calls.filter(readsFiles);
  if (reads.length === 0) return notApplicable('the run reads no files of rows by itself');
  const read = reads.find((call) => isTrainedOn(run, call));
  if (read === undefined) return unknown('whether it trains on the files that it reads is not seen');
  if (run.callsOpen !== null) return unknown(run.callsOpen);
  const own = run.calls.find(({ name }) => /(?:^|\.)(?:validate\w*|check_\w*(?:rows|data|schema|columns))$/.test(name));
  if (own !== undefined) return unknown(`what \`${own.name}\` checks is not followed`);
  if (run.rowKeys === null) return unknown('what it takes from the rows is not seen, or is looked at before');
  const { names } = run.rowKeys;
  const keys = `${names
    .slice(0, 3)
    .map((key) => `\`${key}\``)
    .join(', ')}${names.length > 3 ? ' and others' : ''}`;
  return missing({
    severity: 'notice',
    at: read.at,
    key: 'data_contract',
    message: `The code takes ${keys} from the rows of these files as they come: a row without an answer is trained on all the same. Check the rows where they are read, with \`features=\` or a schema.`,
  });
}

/** Tables are read for much else, such as what earlier runs have measured. */
function isTrainedOn({ data }: TrainingRun, { at }: RunCall): boolean {
  const sources = data.training?.sources ?? [];
  return sources.some((source) => source.at.path === at.path && encloses(at, source.at));
}

const LOADS = /(?:^|\.)load_dataset$/;

function readsFiles({ name, arguments: given }: RunCall): boolean {
  if (READS.test(name)) return true;
  const builder = given.get('0') ?? given.get('path');
  return LOADS.test(name) && builder !== undefined && isLiteral(builder) && BUILDERS.test(String(builder.value));
}
