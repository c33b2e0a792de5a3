import { replaceValue } from '../../../src/model/fix.js';
import { defineRule } from '../../../src/model/rule.js';
import { settingOf, type TrainingRun } from '../../../src/model/run.js';
import { chainOf, isLiteral } from '../../../src/model/setting.js';
import {
  met,
  missing,
  notApplicable,
  overPlaces,
  type PlaceVerdict,
  unknown,
  violated,
} from '../../../src/model/verdict.js';
import { releasedSince } from '../../../src/model/versions.js';
import { listedDatasets } from '../datasets.js';
import { templateOf } from '../template.js';

/** The format that a run trains on is one that is there, and is written down. */
export const templateUndefined = defineRule({
  id: 'prompt-format-inconsistency/template-undefined',
  title: 'The prompt format is not written down',
  severity: 'notice',
  judge: (run) => overPlaces(judgeRun(run), 'the stack takes the format of the tokenizer'),
});

function judgeRun(run: TrainingRun): PlaceVerdict[] {
  if (run.stack === 'llama-factory') return [judgeLlamaFactory(run)];
  return run.stack === 'axolotl' ? [judgeJinja(run), ...judgeTypes(run)] : [];
}

/** Since 2025 LLaMA-Factory falls back to the tokenizer's template; before that it wrote turns behind one another. */
function judgeLlamaFactory(run: TrainingRun): PlaceVerdict {
  if (run.method === 'pretrain') return notApplicable('pretraining has no turns');
  const template = templateOf(run);
  if (template.state === 'unknown') return unknown(template.reason);
  if (template.state === 'named') return met(template.at);
  // hiyouga/ChatGLM-Efficient-Tuning has the same flags, one family of models and one format.
  if (settingOf(run.settings, 'model_name_or_path').setting.state === 'absent')
    return unknown('the program has a model of its own');
  if (run.files.some((path) => path.endsWith('.py'))) return unknown('the script of the tree may have one format');
  return missing({
    severity: 'notice',
    at: template.at,
    key: 'template',
    message:
      "Without `template` the release of LLaMA-Factory decides how turns are written: its own plain format, or the tokenizer's. Name the one of this model family, and the same one where the model is served.",
  });
}

/** `chat_template: jinja` names a template that has to stand beside it. */
function judgeJinja({ settings, role }: TrainingRun): PlaceVerdict {
  const { setting } = settingOf(settings, 'chat_template');
  if (setting.state === 'dynamic') return unknown('the template is computed');
  // By default it is the tokenizer's.
  if (setting.state === 'absent') return met(settings.at);
  if (setting.value !== 'jinja') return met(setting.at);
  const own = settingOf(settings, 'chat_template_jinja');
  if (own.setting.state !== 'absent') return met(setting.at);
  if (settings.open !== null) return unknown(settings.open);
  return violated({
    severity: role === 'recipe' ? 'warning' : 'notice',
    at: setting.at,
    chain: chainOf(setting),
    key: 'chat_template',
    value: 'jinja',
    message:
      '`chat_template: jinja` needs the template in `chat_template_jinja`, and axolotl refuses the file without it. Write it there, or take the one that the tokenizer brings.',
    fix: {
      applicability: 'unsafe',
      title: "Take the tokenizer's own template.",
      edits: [replaceValue(setting.at, 'tokenizer_default')],
    },
  });
}

/** axolotl dropped the type with FastChat in 0.5. */
function judgeTypes(run: TrainingRun): PlaceVerdict[] {
  const since = releasedSince(run.versions, 'axolotl', '0.5.0');
  return (listedDatasets(run) ?? []).flatMap(({ type, key }) => {
    const { setting } = type;
    if (!isLiteral(setting)) return [];
    if (!/^sharegpt(?:[.:]|$)/.test(String(setting.value))) return [met(setting.at)];
    if (since !== 'all') return [unknown('whether axolotl still knows `sharegpt` depends on its release')];
    const fields = settingOf(run.settings, `${key}.field_messages`).setting.state !== 'absent';
    return [
      violated({
        severity: run.role === 'recipe' ? 'warning' : 'notice',
        at: setting.at,
        chain: chainOf(setting),
        key: 'datasets.type',
        value: String(setting.value),
        message:
          '`sharegpt` is gone since axolotl 0.5, which refuses the file. Write `chat_template`, with `field_messages: conversations` and a mapping of `from` and `value`.',
        // Where the rows' names are mapped already, the type is all that is left to change.
        fix: fields
          ? {
              applicability: 'unsafe',
              title: 'Write `chat_template`.',
              edits: [replaceValue(setting.at, 'chat_template')],
            }
          : null,
      }),
    ];
  });
}
