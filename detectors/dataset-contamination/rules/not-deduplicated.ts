import { defineRule } from '../../../src/model/rule.js';
import { settingOf, type TrainingRun } from '../../../src/model/run.js';
import { isTrue } from '../../../src/model/setting.js';
import { settingsFix } from '../../../src/model/settings-fix.js';
import {
  type FaultInput,
  met,
  missing,
  notApplicable,
  overPlaces,
  type PlaceVerdict,
  unknown,
  violated,
} from '../../../src/model/verdict.js';
import { ownSplitOf } from '../own-split.js';
import type { Row } from '../row.js';
import { rowsOf } from '../rows.js';
import { relationOf } from '../splits.js';

/** A row that stands in two data sets is trained on once. */
export const notDeduplicated = defineRule({
  id: 'dataset-contamination/not-deduplicated',
  title: 'Nothing takes out rows that stand there twice',
  severity: 'notice',
  judge: (run) => overPlaces([judgeRun(run)], ONE_DATASET),
});

const DEDUPLICATES =
  /^(?:text_dedup|datatrove|datasketch|nemo_curator|simhash)(?:\.|$)|(?:^|\.)(?:drop_duplicates|\w*(?:dedup|decontaminate)\w*)$/;

function judgeRun(run: TrainingRun): PlaceVerdict {
  const call = run.calls.find(({ name }) => DEDUPLICATES.test(name));
  if (call !== undefined) return met(call.at);
  const { training } = rowsOf(run);
  if (training === null) return unknown('where the rows come from is not followed');
  if (run.stack === 'axolotl') return judgeAxolotl(run);
  if (training.sources.some(({ name }) => name === null)) return unknown('where the rows come from is not followed');
  // What it is for is not told: the labels of a column are asked for in the same way.
  if (run.calls.some(({ name }) => /\.unique$/.test(name))) return unknown('`unique` may take out duplicates');
  return new Set(training.sources.map(({ name }) => name)).size < 2
    ? oneDataset(run, training.sources)
    : joinedDatasets(run, training.sources);
}

const ONE_DATASET = 'the run trains on one data set';

/** Few look for duplicates in a single data set. Who did knew why. */
function oneDataset(run: TrainingRun, sources: readonly Row[]): PlaceVerdict {
  if (run.settings.extend?.kind !== 'call' || run.callsOpen !== null || run.role !== 'recipe')
    return notApplicable(ONE_DATASET);
  const isOnHub = sources.every(({ name }) => /^[\w.-]+\/[\w.-]+$/.test(name ?? '') && !/\.\w+$/.test(name ?? ''));
  return notApplicable(ONE_DATASET, {
    ...placeOf(run, sources),
    severity: 'warning',
    // A file may be written by a script that now does it.
    confidence: isOnHub ? 'high' : 'medium',
    message:
      'Rows that stand there twice, or in a benchmark, were taken out before, and are trained on now. Keep the step, or say where it is done instead.',
  });
}

function joinedDatasets(run: TrainingRun, sources: readonly Row[]): PlaceVerdict {
  // Other stacks have no key for it: it is done where the data is made.
  if (run.settings.extend?.kind !== 'call') return notApplicable('the stack has no key for it');
  if (run.callsOpen !== null) return unknown(run.callsOpen);
  const names = new Set(sources.map(({ name }) => name));
  return missing({
    ...placeOf(run, sources),
    severity: 'notice',
    severityWhenLost: 'warning',
    message: `${names.size} data sets are joined, and nothing takes out rows that stand in several of them. Compare the prompts before training.`,
  });
}

function placeOf(run: TrainingRun, [first]: readonly Row[]): Pick<FaultInput, 'at' | 'key'> {
  return { at: run.data.training?.at ?? first?.at ?? run.at, key: 'deduplication' };
}

const KEY = 'dataset_exact_deduplication';

function judgeAxolotl(run: TrainingRun): PlaceVerdict {
  const { settings } = run;
  const { setting } = settingOf(settings, KEY);
  if (setting.state === 'dynamic') return unknown(`\`${KEY}\` is computed`);
  const { at } = setting.state === 'absent' ? settings : setting;
  if (isTrue(setting)) return met(at);
  // What is streamed is never seen as a whole.
  if (['pretraining_dataset', 'streaming'].some((key) => settingOf(settings, key).setting.state !== 'absent'))
    return notApplicable('streamed data cannot be compared');
  const sources = rowsOf(run).training?.sources ?? [];
  if (sources.length < 2) return notApplicable(ONE_DATASET);
  const twice = sources.find((row, index) =>
    sources.slice(0, index).some((other) => relationOf(row, other) === 'same'),
  );
  const fix = settingsFix(settings, [[KEY, true]], 'Take out rows that are the same.');
  if (twice !== undefined) {
    if (ownSplitOf(run).state === 'split') return notApplicable('told by split-after-mixing');
    return violated({
      severity: run.role === 'recipe' ? 'warning' : 'notice',
      at: twice.at,
      key: 'datasets.path',
      value: twice.name,
      message: `\`${twice.name}\` is listed twice with the same split, so that each of its rows counts double. Drop one, or set \`${KEY}\`.`,
      fix,
    });
  }
  return missing({
    severity: 'notice',
    severityWhenLost: 'warning',
    at,
    key: KEY,
    message: `${sources.length} data sets are joined, and rows that stand in several of them count more than once. Set \`${KEY}\`.`,
    fix,
  });
}
