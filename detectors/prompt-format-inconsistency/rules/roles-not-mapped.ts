import { defineRule } from '../../../src/model/rule.js';
import type { RunCall, TrainingRun } from '../../../src/model/run.js';
import { isLiteral } from '../../../src/model/setting.js';
import { met, notApplicable, overPlaces, type PlaceVerdict, unknown, violated } from '../../../src/model/verdict.js';

/** Rows with roles reach the template with roles that it knows. */
export const rolesNotMapped = defineRule({
  id: 'prompt-format-inconsistency/roles-not-mapped',
  title: 'Columns are renamed, and the roles in them are not',
  severity: 'warning',
  judge: (run) => overPlaces([judgeRun(run)], 'the run renames no rows of ShareGPT'),
});

function judgeRun(run: TrainingRun): PlaceVerdict {
  const renaming = run.calls.find(renamesTurns);
  const mapping = run.calls.find(({ name }) => MAPS.test(name));
  if (renaming === undefined) {
    const standard = run.calls.find(({ name }) => STANDARD.test(name));
    return standard === undefined ? notApplicable('the run renames no rows of ShareGPT') : met(standard.at);
  }
  const standard = run.calls.find(({ name }) => STANDARD.test(name));
  if (standard !== undefined) return met(standard.at);
  if (mapping !== undefined) return unknown('what becomes of the rows is not followed');
  if (run.callsOpen !== null) return unknown(run.callsOpen);
  return violated({
    severity: run.role === 'recipe' ? 'warning' : 'notice',
    at: renaming.at,
    key: 'rename_column(conversations)',
    value: 'conversations to messages',
    message:
      'The column gets the name that chat templates read, and its turns keep the keys and roles of ShareGPT, `from: human` and `from: gpt`, which no template knows. Map the turns to `role` and `content`, with `user` and `assistant`.',
  });
}

/** Unsloth and axolotl have functions that map keys and roles alike. */
const STANDARD = /(?:^|\.)(?:standardize_sharegpt|standardize_data_formats|to_sharegpt)$/;
const MAPS = /(?:^|\.)map$/;

function renamesTurns({ name, arguments: given }: RunCall): boolean {
  if (!/(?:^|\.)rename_column$/.test(name)) return false;
  const [from, to] = [
    given.get('0') ?? given.get('original_column_name'),
    given.get('1') ?? given.get('new_column_name'),
  ];
  return from !== undefined && to !== undefined && isLiteral(from, 'conversations') && isLiteral(to, 'messages');
}
