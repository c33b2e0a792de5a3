import { EVALUATION_PACKAGES, isEvaluationCommand } from '../../src/model/evaluation-tools.js';
import type { Location } from '../../src/model/location.js';
import type { RunCall, TrainingRun } from '../../src/model/run.js';
import type { Evaluation } from './situation.js';

/** A call or a command of the run that evaluates by itself; null where there is none. */
export function evaluatedByItself(run: TrainingRun): Extract<Evaluation, { state: 'evaluated' }> | null {
  const call = run.calls.find(({ name }) => name === '.evaluate' || name === '.predict');
  if (call !== undefined) return { state: 'evaluated', by: 'trainer', at: call.at };
  const benchmark = benchmarkOf(run);
  return benchmark === null ? null : { state: 'evaluated', by: 'benchmark', at: benchmark };
}

/** `lm_eval.simple_evaluate(…)`, or a command of the launch script that runs a benchmark or a script of that name. */
export function benchmarkOf(run: TrainingRun): Location | null {
  const call = run.calls.find(({ name }) => EVALUATION_PACKAGES.test(name));
  return (call ?? run.commands.find(({ words }) => isEvaluationCommand(words)))?.at ?? null;
}

/** Why something of the repository's own may evaluate the run; null where nothing is named like it. */
export function ownEvaluation(run: TrainingRun): string | null {
  const own = run.calls.find(({ name }) => name.startsWith('.') && OWN_EVALUATION.test(name));
  return own === undefined ? null : `what \`${own.name.slice(1)}\` does is not followed`;
}

/** Why there may be held-out data that the trainer does not get; null where nothing sets any apart. */
export function splitElsewhere(run: TrainingRun): string | null {
  const split = run.calls.find(splitsOff);
  return split === undefined ? null : `what becomes of the rows that \`${split.name}\` sets apart is not followed`;
}

const OWN_EVALUATION = /eval|benchmark|perplexity|validat/i;
const SPLITS = /(?:^|\.)(?:train_test_split|random_split)$/;
const HELD_OUT_NAME = /test|valid|eval|dev|hold/i;

function splitsOff({ name, arguments: given }: RunCall): boolean {
  if (SPLITS.test(name)) return true;
  if (!/(?:^|\.)load_dataset$/.test(name)) return false;
  const split = given.get('split');
  // Which rows a computed split holds, or a dict of files, is not known.
  if (split?.state === 'dynamic' || given.get('data_files')?.state === 'dynamic') return true;
  return split?.state === 'literal' && HELD_OUT_NAME.test(String(split.value));
}
