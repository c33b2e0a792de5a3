import { defineRule } from '../../../src/model/rule.js';
import { type RunCall, settingOf, type TrainingRun } from '../../../src/model/run.js';
import { isLiteral } from '../../../src/model/setting.js';
import { met, notApplicable, overPlaces, type PlaceVerdict, unknown, violated } from '../../../src/model/verdict.js';
import { listedDatasets } from '../datasets.js';

/** Rows with roles reach the template with roles that it knows. */
export const rolesNotMapped = defineRule({
  id: 'prompt-format-inconsistency/roles-not-mapped',
  title: 'Roles are mapped in part, or not at all',
  severity: 'warning',
  judge: (run) =>
    overPlaces([...judgeRegistry(run), ...judgeDatasets(run), judgeRenaming(run)], 'the run maps no rows of ShareGPT'),
});

/**
 * hiyouga/LLaMA-Factory, `src/llamafactory/data/parser.py` and `converter.py`: an entry with `tags` sets all of them, those
 * that it leaves out to nothing. A turn with a role that is no tag makes its row one that is skipped.
 */
function judgeRegistry(run: TrainingRun): PlaceVerdict[] {
  return run.registered.flatMap(({ name, at, entry }) => {
    if (!isLiteral(settingOf(entry, 'formatting').setting, 'sharegpt')) return [];
    const stated = (key: string): boolean => settingOf(entry, key).setting.state !== 'absent';
    const tags = [...entry.stated].filter(([key]) => key.startsWith('tags.'));
    const [[, first] = [null, null]] = tags;
    if (first === null) return [met(at)];
    const lacking = TAGS.filter((tag) => !stated(`tags.${tag}`)).map((tag) => `\`${tag}\``);
    if (lacking.length === 0) return [met(at)];
    if (entry.open !== null) return [unknown(entry.open)];
    return [
      violated({
        severity: run.role === 'recipe' ? 'warning' : 'notice',
        at: first.stated ?? at,
        chain: [at],
        key: `${name}.tags`,
        value: lacking.join(' '),
        message: `\`${name}\` has \`tags\` without ${lacking.join(', ')}: LLaMA-Factory then knows none of these, not their defaults, and every row is skipped or stops the run. Name all four.`,
      }),
    ];
  });
}

const TAGS = ['role_tag', 'content_tag', 'user_tag', 'assistant_tag'];

/**
 * axolotl-ai-cloud/axolotl, `src/axolotl/prompt_strategies/chat_template.py`: `roles` stands in for all of the default, which
 * knows `human` and `gpt`. Only what ShareGPT has under `from` is judged, since other rows may need one name alone.
 */
function judgeDatasets(run: TrainingRun): PlaceVerdict[] {
  if (run.stack !== 'axolotl') return [];
  return (listedDatasets(run) ?? []).flatMap(({ key, type }) => {
    const of = (name: string) => settingOf(run.settings, `${key}.${name}`);
    const field = [of('message_property_mappings.role'), of('message_field_role')];
    if (!isLiteral(type.setting, 'chat_template') || !field.some((it) => isLiteral(it.setting, 'from'))) return [];
    const mapped = ['user', 'assistant'].filter((role) => of(`roles.${role}`).setting.state !== 'absent');
    const [one] = mapped;
    if (one === undefined || mapped.length === 2 || of('roles_to_train').setting.state !== 'absent')
      return one === undefined ? [] : [met(of(`roles.${one}`).stated ?? run.settings.at)];
    const { setting, stated } = of(`roles.${one}`);
    const left = one === 'user' ? 'assistant' : 'user';
    if (!isLiteral(setting) || ![setting.value].flat().includes(SHARE_GPT[one] ?? ''))
      return [unknown('the roles of the rows are not known')];
    return [
      violated({
        severity: run.role === 'recipe' ? 'warning' : 'notice',
        at: stated ?? setting.at,
        chain: [setting.at],
        key: 'datasets.roles',
        value: one,
        message: `\`roles\` replaces the mapping that axolotl has by itself, so that \`${SHARE_GPT[left]}\` is no longer \`${left}\`${left === 'assistant' ? ', and no answer is trained on' : ''}. Map both roles, or leave \`roles\` away.`,
      }),
    ];
  });
}

const SHARE_GPT: Readonly<Record<string, string>> = { user: 'human', assistant: 'gpt' };

function judgeRenaming(run: TrainingRun): PlaceVerdict {
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
