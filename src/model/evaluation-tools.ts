/** Packages that evaluate models and do nothing else. */
export const EVALUATION_PACKAGES =
  /^(?:lm_eval|lighteval|inspect_ai|inspect_evals|evalplus|bigcode_eval|alpaca_eval|deepeval|ragas|opencompass|vlmeval|fastchat\.llm_judge)(?:\.|$)/;

/** Whether a command runs an evaluation: a known tool, or a script or module named for it. */
export function isEvaluationCommand(words: readonly string[]): boolean {
  if (words.includes('install')) return false;
  return words.some((word, index) => {
    const next = words[index + 1] ?? '';
    if (TOOLS.test(word) || SUB_COMMANDS.test(`${word} ${next}`)) return true;
    return word === '-m' ? namesEvaluation(next.replaceAll('.', '/')) : SCRIPT.test(word) && namesEvaluation(word);
  });
}

/** Whether a path says that what lies there evaluates: `scripts/eval.py`, `evaluation/run.py`, `run_benchmark.sh`. */
export function namesEvaluation(path: string): boolean {
  return path.split('/').some((part) => EVALUATION_WORD.test(part));
}

const EVALUATION_WORD = /(?:^|[_.-])(?:evals?|evaluate|evaluation|evaluator|benchmarks?)(?:[_.-]|$)/i;
const TOOLS = /^(?:.*\/)?(?:lm_eval|lm-eval|lighteval|alpaca_eval|opencompass|evalplus\.evaluate|eleuther_eval)$/;
const SUB_COMMANDS =
  /^(?:inspect eval|swift eval|llamafactory-cli eval|axolotl (?:evaluate|lm-eval))$|^-m (?:lm_eval|lighteval|inspect_ai|evalplus)\b/;
const SCRIPT = /\.(?:py|sh)$/;
