import { defineRule } from '../../../src/model/rule.js';
import type { TrainingRun } from '../../../src/model/run.js';
import { met, notApplicable, overPlaces, type PlaceVerdict, unknown, violated } from '../../../src/model/verdict.js';
import { differs, templateOfDataset, templateOfTokenizer, type WrittenTemplate } from '../dataset-template.js';
import { type Family, familyOf, type ListedDataset, listedDatasets } from '../datasets.js';

/** A model learns one way in which a question and its answer are written. */
export const mixedFormats = defineRule({
  id: 'prompt-format-inconsistency/mixed-formats',
  title: 'One run trains on several prompt formats',
  severity: 'warning',
  judge: (run) => overPlaces([judgeRun(run)], NO_OTHER_FORMAT),
});

const NO_OTHER_FORMAT = 'the stack has one format for all its data';

const NAMES: Readonly<Record<Family, string>> = {
  chat: 'turns of a chat template',
  alpaca: 'the headings of Alpaca',
  completion: 'plain text',
  'input-output': 'segments as they are',
};

function judgeRun(run: TrainingRun): PlaceVerdict {
  // LLaMA-Factory has one template a run, the scripts of TRL one tokenizer.
  if (run.stack !== 'axolotl' && run.stack !== 'torchtune') return notApplicable(NO_OTHER_FORMAT);
  const datasets = listedDatasets(run);
  if (datasets === null) return unknown('not all data sets could be read');
  const [first] = datasets;
  if (first === undefined) return notApplicable('the run lists no data');
  const templates = run.stack === 'axolotl' ? judgeTemplates(run, datasets) : null;
  if (templates !== null) return templates;
  // Preferences have formats of their own.
  return run.method === 'sft' ? judgeFamilies(run, datasets) : unknown('the types of preferences are no families');
}

function judgeFamilies(run: TrainingRun, datasets: readonly ListedDataset[]): PlaceVerdict {
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
  const remedy = run.stack === 'torchtune' ? 'Use one kind of data set' : 'Give all data sets one `type`';
  return violated({
    severity: severityOf(run),
    at: odd.dataset.at,
    key: 'datasets.type',
    value: [one.family, odd.family].sort().join(' and '),
    message: `Some of the data is written as ${NAMES[one.family]} and some with ${NAMES[odd.family]}, so that the model learns two ways to be asked. ${remedy}.`,
  });
}

/** Two templates in one run, or one that the tokenizer is not saved with. Null where neither is seen. */
function judgeTemplates(run: TrainingRun, datasets: readonly ListedDataset[]): PlaceVerdict | null {
  const written = datasets.flatMap((dataset) => templateOfDataset(run, dataset) ?? []);
  const [one] = written;
  const odd = one === undefined ? undefined : written.find((it) => differs(one, it));
  if (one !== undefined && odd !== undefined) {
    return twoTemplates(
      run,
      odd,
      one,
      `Some of the data is written with \`${one.name}\` and some with \`${odd.name}\``,
    );
  }
  const kept = templateOfTokenizer(run);
  const other = kept === null ? undefined : written.find((it) => differs(kept, it));
  if (kept === null || other === undefined) return null;
  const saved = `The data is written with \`${other.name}\`, and the tokenizer is saved with \`chat_template: ${kept.name}\``;
  return twoTemplates(run, other, kept, saved);
}

function twoTemplates(run: TrainingRun, odd: WrittenTemplate, one: WrittenTemplate, what: string): PlaceVerdict {
  return violated({
    severity: severityOf(run),
    at: odd.at,
    chain: [one.at, odd.at],
    key: 'datasets.chat_template',
    value: `${one.name} and ${odd.name}`,
    message: `${what}, so that the model is not asked as it was trained. Use one template for both.`,
  });
}

function severityOf(run: TrainingRun): 'warning' | 'notice' {
  return run.role === 'recipe' ? 'warning' : 'notice';
}
