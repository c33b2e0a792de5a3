import { replaceValue } from '../../../src/model/fix.js';
import type { SetTemplate } from '../../../src/model/prompt-code.js';
import { defineRule } from '../../../src/model/rule.js';
import { settingOf, type TrainingRun } from '../../../src/model/run.js';
import { isLiteral } from '../../../src/model/setting.js';
import { met, notApplicable, overPlaces, type PlaceVerdict, unknown, violated } from '../../../src/model/verdict.js';
import { releasedSince } from '../../../src/model/versions.js';
import { templateOf } from '../template.js';
import { chatModelNamed, lastPart, marksOfTemplate } from '../turn-marks.js';

/** A chat model goes on in the format that it was trained with. */
export const templateOfOtherModel = defineRule({
  id: 'prompt-format-inconsistency/template-of-other-model',
  title: 'The prompt format is that of another model',
  severity: 'warning',
  judge: (run) => overPlaces([judgeRun(run)], 'the stack names no template by model'),
});

/**
 * hiyouga/LLaMA-Factory, `README.md`: base models may take any template, chat models need their own. Other stacks write a
 * template into the tokenizer, which is a way to give a model new marks.
 */
function judgeRun(run: TrainingRun): PlaceVerdict {
  const set = run.prompts.training.templates.find(({ by }) => by === 'setup_chat_format');
  if (set !== undefined) return judgeSetUp(run, set);
  if (run.stack !== 'llama-factory') return notApplicable('the stack names no template by model');
  if (run.method === 'pretrain') return notApplicable('pretraining has no turns');
  const { setting } = settingOf(run.settings, 'model_name_or_path');
  if (!isLiteral(setting) || setting.byDefault === true) return unknown('the model is not named');
  if (hasOtherMarks(run)) return notApplicable('the model has learnt other marks before, or gets new ones');
  const model = chatModelNamed(String(setting.value));
  if (model === null) return notApplicable('the model is no chat model that is known by its name');
  const template = templateOf(run);
  if (template.state !== 'named') return unknown('the run names no template');
  const marks = marksOfTemplate(template.name);
  // ChatML is taught to all kinds of models on purpose.
  if (marks === null || template.name === 'chatml') return unknown("the template is no model's alone");
  if (marks === model.marks) return met(template.at);
  const name = lastPart(String(setting.value));
  const remedy = model.template === null ? 'the template of its own family' : `\`template: ${model.template}\``;
  return violated({
    severity: run.role === 'recipe' ? 'warning' : 'notice',
    at: template.at,
    chain: [...template.chain, setting.at],
    key: 'template',
    value: `${template.name} for ${name}`,
    message: `\`${name}\` was trained with other marks around its turns than \`${template.name}\` writes, so that training works against what it knows. Use ${remedy}, here and where the model is served.`,
    fix:
      model.template === null
        ? null
        : {
            applicability: 'unsafe',
            title: `Use the template of \`${name}\`.`,
            edits: [replaceValue(template.at, model.template)],
          },
  });
}

/**
 * huggingface/trl, `trl/models/utils.py`: since 0.12 `setup_chat_format` refuses a tokenizer that has a template. 0.26 has
 * it no more.
 */
function judgeSetUp(run: TrainingRun, { at }: SetTemplate): PlaceVerdict {
  if (releasedSince(run.versions, 'trl', '0.12.0') !== 'all') return unknown('an older TRL replaces the template');
  if (run.prompts.training.templates.length > 1) return unknown('the template may be taken away before');
  const names = run.loads.flatMap(({ what, name }) => (what === 'tokenizer' ? [name] : []));
  const [name, ...others] = names.map((it) => (isLiteral(it) && it.byDefault !== true ? it.value : null));
  if (name == null || others.length > 0) return unknown('which tokenizer it is given is not told');
  if (chatModelNamed(name) === null)
    return notApplicable('the tokenizer is of no chat model that is known by its name');
  const model = lastPart(name);
  return violated({
    severity: run.role === 'recipe' ? 'warning' : 'notice',
    at,
    key: 'setup_chat_format',
    value: model,
    message: `\`${model}\` brings a chat template, and \`setup_chat_format\` stops with an error where there is one. Train with the template of the model, and leave the call away.`,
  });
}

function hasOtherMarks({ settings, loads }: TrainingRun): boolean {
  if (loads.some(({ what }) => what === 'adapter')) return true;
  return ['add_tokens', 'add_special_tokens', 'new_special_tokens', 'resize_vocab', 'tokenizer_path'].some(
    (key) => settingOf(settings, key).setting.state !== 'absent',
  );
}
