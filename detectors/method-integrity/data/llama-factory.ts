import type { Fix } from '../../../src/model/fix.js';
import { type RegisteredDataset, settingOf, type TrainingRun } from '../../../src/model/run.js';
import { isTrue } from '../../../src/model/setting.js';
import { met, missing, notApplicable, type PlaceVerdict, violated } from '../../../src/model/verdict.js';

/** What `dataset_info.json` says of the data sets that the file names. */
export function llamaFactoryData(run: TrainingRun): readonly PlaceVerdict[] {
  return run.registered.map((dataset) => judgeEntry(run, dataset));
}

function judgeEntry(run: TrainingRun, dataset: RegisteredDataset): PlaceVerdict {
  const needsPairs = PAIRWISE.has(run.method);
  const { setting } = settingOf(dataset.entry, 'ranking');
  const isRanked = isTrue(setting);
  if (needsPairs) return isRanked ? met(dataset.at) : notRanked(run, dataset);
  if (isRanked && setting.state === 'literal') {
    return violated({
      severity: 'error',
      at: setting.at,
      key: `${dataset.name}.ranking`,
      value: 'true',
      message: `\`${dataset.name}\` is registered with \`ranking: true\`, as pairs, and \`stage: ${stageOf(run)}\` takes single answers, so LLaMA-Factory refuses it. Name another data set, or register the file a second time without \`ranking\`.`,
    });
  }
  return run.method === 'kto' ? judgeRatings(run, dataset) : notApplicable('the method takes rows of any shape');
}

const PAIRWISE: ReadonlySet<TrainingRun['method']> = new Set(['dpo', 'ipo', 'orpo', 'simpo', 'reward']);

function stageOf({ settings, method }: TrainingRun): string {
  const { setting } = settingOf(settings, 'stage');
  return setting.state === 'literal' ? String(setting.value) : method;
}

function notRanked(run: TrainingRun, { name, at, entry }: RegisteredDataset): PlaceVerdict {
  return missing({
    severity: 'error',
    at,
    chain: placesNaming(run),
    key: `${name}.ranking`,
    message: `\`stage: ${stageOf(run)}\` learns from pairs, and \`${name}\` is registered without \`ranking: true\`, so LLaMA-Factory refuses it. Set it, with \`chosen\` and \`rejected\` under \`columns\`.`,
    fix: rankFix(entry),
  });
}

/** Only an entry that says where its pairs are needs nothing else. */
function rankFix(entry: RegisteredDataset['entry']): Fix | null {
  const hasPairs = entry.stated.has('columns.chosen') && entry.stated.has('columns.rejected');
  if (!hasPairs || entry.stated.has('ranking') || entry.extend?.kind !== 'key') return null;
  return {
    applicability: 'unsafe',
    title: 'Register the data as pairs.',
    edits: [{ kind: 'add-key', after: entry.extend.at, key: 'ranking', value: true }],
  };
}

function judgeRatings(run: TrainingRun, { name, at, entry }: RegisteredDataset): PlaceVerdict {
  const tag = settingOf(entry, 'columns.kto_tag');
  if (tag.setting.state !== 'absent') return met(tag.stated ?? tag.setting.at);
  return missing({
    severity: 'error',
    at,
    chain: placesNaming(run),
    key: `${name}.kto_tag`,
    message: `\`stage: kto\` learns from answers that are rated good or bad, and \`${name}\` is registered without a \`kto_tag\`. Name the column of booleans as \`kto_tag\` under \`columns\`.`,
  });
}

function placesNaming({ settings }: TrainingRun) {
  const { stated } = settingOf(settings, 'dataset');
  return stated === null ? [] : [stated];
}
