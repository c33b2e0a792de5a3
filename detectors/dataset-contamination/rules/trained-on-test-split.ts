import { defineRule } from '../../../src/model/rule.js';
import type { TrainingRun } from '../../../src/model/run.js';
import { met, overPlaces, type PlaceVerdict, unknown, violated } from '../../../src/model/verdict.js';
import { nameOf, type Row, rowsOf } from '../rows.js';
import { isHeldOut } from '../splits.js';

/** What a data set keeps for measuring is kept away from training. */
export const trainedOnTestSplit = defineRule({
  id: 'dataset-contamination/trained-on-test-split',
  title: 'A split for measuring is trained on',
  severity: 'warning',
  judge: (run) => {
    const { training } = rowsOf(run);
    if (training === null) return overPlaces([unknown('where the rows come from is not followed')], '');
    return overPlaces(toldOnce(training.sources.map((row) => judgeRow(row, run))), 'the run names no data');
  },
});

/** A mixture takes several such splits for one reason: the first is told where it stands, the others in the summary. */
function toldOnce(places: readonly PlaceVerdict[]): readonly PlaceVerdict[] {
  const first = places.find((it) => it.state === 'violated');
  return places.map((it) =>
    it.state === 'violated' && it !== first ? { ...it, fault: { ...it.fault, confidence: 'medium' } } : it,
  );
}

function judgeRow(row: Row, run: TrainingRun): PlaceVerdict {
  const { split } = row;
  if (split === null) return unknown('which split it takes is not known');
  if (!isHeldOut(split)) return met(row.at);
  const benchmark = row.name === null ? null : benchmarkOf(row.name);
  const isRecipe = run.role === 'recipe';
  return violated({
    severity: !isRecipe ? 'notice' : benchmark === null ? 'warning' : 'error',
    at: row.at,
    key: 'training(split)',
    value: `${row.name ?? ''} ${split}`.trim(),
    message:
      benchmark === null
        ? `\`${split}\` of ${nameOf(row)} is trained on, a split that others measure on, so that no number on it means anything afterwards. Train on the other splits.`
        : `The \`${split}\` split of ${benchmark} is trained on, so that a score of this model on the benchmark means nothing. Train on its training split, or leave it out.`,
  });
}

/** Benchmarks by which models are compared. Their training splits, where they have one, may be trained on. */
const BENCHMARKS: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/(?:^|\/)gsm8k$/i, 'GSM8K'],
  [/(?:^|\/)(?:MATH-500|competition_math|hendrycks_math|math_dataset)$/i, 'MATH'],
  [/(?:^|\/)(?:mmlu|mmlu-pro|mmlu_pro)$/i, 'MMLU'],
  [/(?:^|\/)(?:ai2_arc|arc)$/i, 'ARC'],
  [/(?:^|\/)hellaswag$/i, 'HellaSwag'],
  [/(?:^|\/)winogrande$/i, 'WinoGrande'],
  [/(?:^|\/)(?:truthful_qa|truthfulqa)$/i, 'TruthfulQA'],
  [/(?:^|\/)openai_humaneval$/i, 'HumanEval'],
  [/(?:^|\/)mbpp$/i, 'MBPP'],
  [/(?:^|\/)gpqa$/i, 'GPQA'],
  [/(?:^|\/)IFEval$/i, 'IFEval'],
  [/(?:^|\/)drop$/i, 'DROP'],
  [/(?:^|\/)squad(?:_v2)?$/i, 'SQuAD'],
  [/(?:^|\/)trivia_qa$/i, 'TriviaQA'],
  [/(?:^|\/)natural_questions$/i, 'Natural Questions'],
  [/(?:^|\/)SWE-bench(?:_\w+)?$/i, 'SWE-bench'],
];

function benchmarkOf(name: string): string | null {
  return BENCHMARKS.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}
