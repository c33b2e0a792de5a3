import { replaceValue } from '../../../src/model/fix.js';
import { defineRule } from '../../../src/model/rule.js';
import { settingOf, type TrainingRun } from '../../../src/model/run.js';
import { isLiteral } from '../../../src/model/setting.js';
import { met, notApplicable, overPlaces, type PlaceVerdict, unknown, violated } from '../../../src/model/verdict.js';
import { templateOf } from '../template.js';
import { chatModelNamed, marksOfTemplate } from '../turn-marks.js';

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
  const name = String(setting.value).split('/').at(-1) ?? '';
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

function hasOtherMarks({ settings, loads }: TrainingRun): boolean {
  if (loads.some(({ what }) => what === 'adapter')) return true;
  return ['add_tokens', 'add_special_tokens', 'new_special_tokens', 'resize_vocab', 'tokenizer_path'].some(
    (key) => settingOf(settings, key).setting.state !== 'absent',
  );
}
