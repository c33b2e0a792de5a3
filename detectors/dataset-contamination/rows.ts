import type { TrainingRun } from '../../src/model/run.js';
import type { DataSource, DataUse } from '../../src/model/run-data.js';
import {
  axolotlRows,
  heldOutByAxolotl,
  listedRows,
  llamaFactoryRows,
  namedFiles,
  torchtuneRows,
  trlRows,
} from './config-rows.js';
import type { Rows, RunRows } from './row.js';

export function rowsOf(run: TrainingRun): RunRows {
  const { settings } = run;
  switch (run.stack) {
    case 'axolotl':
      return {
        training: axolotlRows(settings, 'datasets'),
        evaluation: axolotlRows(settings, 'test_datasets', heldOutByAxolotl),
      };
    case 'torchtune':
      return { training: torchtuneRows(settings, 'dataset'), evaluation: torchtuneRows(settings, 'dataset_val') };
    case 'llama-factory':
      return { training: llamaFactoryRows(run, 'dataset'), evaluation: llamaFactoryRows(run, 'eval_dataset') };
    case 'trl-cli':
      return orInCode(run, trlRows(settings));
    case 'trl-recipe':
    case 'hf-trainer': {
      const mixture = listedRows(settings, { list: 'dataset_mixture.datasets', name: ['id'], configuration: 'config' });
      const files = {
        training: namedFiles(settings, 'train_file'),
        evaluation: namedFiles(settings, 'validation_file', 'eval_file', 'test_file'),
      };
      return orInCode(run, mixture === null ? files : { training: mixture, evaluation: null });
    }
    default:
      return inCode(run);
  }
}

/** A file that a script of the tree reads may leave it to the script what the rows are. */
function orInCode(run: TrainingRun, rows: RunRows): RunRows {
  return rows.training === null ? inCode(run) : rows;
}

/** What people call the data set. */
export function nameOf({ name }: DataSource): string {
  return name === null ? 'one data set' : `\`${name}\``;
}

function inCode({ data: { training, evaluation } }: TrainingRun): RunRows {
  return { training: handedIn(training), evaluation: handedIn(evaluation) };
}

function handedIn(use: DataUse | null): Rows | null {
  const sources = use?.sources ?? [];
  if (sources.length === 0) return null;
  return { sources: sources.map((it) => ({ ...it, nameAt: null, splitStated: it.split !== null })) };
}
