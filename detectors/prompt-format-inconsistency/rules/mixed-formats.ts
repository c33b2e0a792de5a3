import { defineRule } from '../../../src/model/rule.js';
import type { TrainingRun } from '../../../src/model/run.js';
import { met, notApplicable, overPlaces, type PlaceVerdict, unknown, violated } from '../../../src/model/verdict.js';
import { type Family, familyOf, listedDatasets } from '../datasets.js';

/** A model learns one way in which a question and its answer are written. */
export const mixedFormats = defineRule({
  id: 'prompt-format-inconsistency/mixed-formats',
  title: 'One run trains on several prompt formats',
  severity: 'warning',
  judge: (run) => overPlaces([judgeRun(run)], 'the stack has one format for all its data'),
});

const NAMES: Readonly<Record<Family, string>> = {
  chat: 'turns of a chat template',
  alpaca: 'the headings of Alpaca',
  completion: 'plain text',
  'input-output': 'segments as they are',
};

function judgeRun(run: TrainingRun): PlaceVerdict {
  // LLaMA-Factory has one template a run, the scripts of TRL one tokenizer; torchtune names a component a data set.
  if (run.stack !== 'axolotl') return notApplicable('the stack has one format for all its data');
  if (run.method !== 'sft') return notApplicable('preferences have formats of their own');
  const datasets = listedDatasets(run);
  if (datasets === null) return unknown('not all data sets could be read');
  const [first, ...others] = datasets;
  if (first === undefined) return notApplicable('the run lists no data');
  if (others.length === 0) return met(first.at);
  const families = datasets.map((dataset) => ({ dataset, family: familyOf(dataset.type) }));
  if (families.some(({ family }) => family === null)) return unknown('a data set has a format of its own');
  // Plain text is what a model is pre-trained on, and is often mixed in on purpose.
  const spoken = families.filter(({ family }) => family === 'chat' || family === 'alpaca');
  const [one] = spoken;
  const odd = spoken.find(({ family }) => family !== one?.family);
  if (one?.family == null || odd?.family == null) return met(first.at);
  return violated({
    severity: run.role === 'recipe' ? 'warning' : 'notice',
    at: odd.dataset.at,
    key: 'datasets.type',
    value: [one.family, odd.family].sort().join(' and '),
    message: `Some of the data is written as ${NAMES[one.family]} and some with ${NAMES[odd.family]}, so that the model learns two ways to be asked. Give all data sets one \`type\`.`,
  });
}
