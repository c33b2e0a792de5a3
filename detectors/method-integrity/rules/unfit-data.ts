import { defineRule } from '../../../src/model/rule.js';
import type { TrainingRun } from '../../../src/model/run.js';
import { overPlaces, type PlaceVerdict, unknown } from '../../../src/model/verdict.js';
import { axolotlData } from '../data/axolotl.js';
import { codeData } from '../data/code.js';
import { llamaFactoryData } from '../data/llama-factory.js';
import { torchtuneData } from '../data/torchtune.js';
import { trlData } from '../data/trl.js';

/** The rows have the columns that the method learns from. */
export const unfitData = defineRule({
  id: 'method-integrity/unfit-data',
  title: 'Data does not have the shape that the method needs',
  severity: 'error',
  judge: (run) => overPlaces(judgeRun(run), 'the method takes rows of any shape, or the run says nothing of them'),
});

function judgeRun(run: TrainingRun): readonly PlaceVerdict[] {
  switch (run.stack) {
    case 'axolotl':
      return axolotlData(run);
    case 'llama-factory':
      return llamaFactoryData(run);
    case 'torchtune':
      return torchtuneData(run);
    case 'trl-cli':
    case 'trl-recipe':
      return [...trlData(run), ...codeData(run)];
    case 'open-instruct':
    case 'hf-trainer':
    case 'llama-factory-v1':
      return [unknown('what the rows hold is not followed')];
    default:
      return codeData(run);
  }
}
