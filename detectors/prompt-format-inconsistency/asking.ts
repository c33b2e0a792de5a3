import type { Location } from '../../src/model/location.js';
import type { TrainingRun } from '../../src/model/run.js';
import { isLiteral } from '../../src/model/setting.js';
import { type FaultInput, met, type PlaceVerdict, unknown, violated } from '../../src/model/verdict.js';
import { clipped, templateOf } from './template.js';
import { marksGiven } from './turn-marks.js';

/** A notebook, or a script, that trains with one format and asks the model in another. */
export function judgeAsking(run: TrainingRun): PlaceVerdict[] {
  // Prompts of preferences and rewards end where the answer begins: they look like questions.
  if (run.method !== 'sft') return [];
  return [...judgeTemplatesAsking(run), ...judgeTextsAsking(run)];
}

function judgeTemplatesAsking(run: TrainingRun): PlaceVerdict[] {
  const template = templateOf(run);
  if (template.state !== 'named' || run.prompts.training.templates.length === 0) return [];
  const marks = marksGiven(template.name);
  return run.prompts.asking.templates.map(({ template: asked, at, by }) => {
    const other = isLiteral(asked) ? marksGiven(String(asked.value)) : null;
    if (marks === null || other === null) return unknown('the marks of a template are not known');
    if (marks === other) return met(at);
    const name = isLiteral(asked) ? clipped(String(asked.value)) : by;
    return violated({
      ...askedOtherwise(run, at, template.at),
      value: `${clipped(template.name)} then ${name}`,
      message: `The model is trained with \`${clipped(template.name)}\` and asked with \`${name}\` here: it does not know these turns. Give the tokenizer one template for both.`,
    });
  });
}

function judgeTextsAsking(run: TrainingRun): PlaceVerdict[] {
  const { training, asking } = run.prompts;
  const [written] = training.texts;
  const [asked] = asking.texts;
  if (written === undefined || asked === undefined) return [];
  if (training.texts.some(({ format }) => format !== written.format)) return [unknown('training has several formats')];
  // Who asks in both ways compares them.
  if (asking.texts.some(({ format }) => format === written.format)) return [met(asked.at)];
  const [before, now] = [WRITTEN_AS[written.format], WRITTEN_AS[asked.format]];
  return [
    violated({
      ...askedOtherwise(run, asked.at, written.at),
      value: `${written.format} then ${asked.format}`,
      message: `The model is trained on ${before} and asked with ${now} here: it does not know these turns. Ask it as it was trained.`,
    }),
  ];
}

const WRITTEN_AS = { chat: 'turns of the chat template', alpaca: 'the headings of Alpaca' };

function askedOtherwise(
  run: TrainingRun,
  at: Location,
  trained: Location,
): Pick<FaultInput, 'severity' | 'at' | 'chain' | 'key'> {
  const severity = run.role === 'recipe' ? 'warning' : 'notice';
  return { severity, at, chain: [trained, at], key: 'chat_template' };
}
