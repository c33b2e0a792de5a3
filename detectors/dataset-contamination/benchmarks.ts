/**
 * Data sets by which models are compared. Ids and splits are those that harnesses load: EleutherAI/lm-evaluation-harness,
 * `lm_eval/tasks`; huggingface/lighteval, `src/lighteval/tasks`; NovaSky-AI/SkyThought, `skythought/evals/tasks`;
 * huggingface/open-r1, `scripts/decontaminate.py`; simplescaling/s1, `eval`.
 */
export interface Benchmark {
  readonly name: string;
  /** Whether all of it is for measuring, under whatever name its splits go: `train` is often the only one. */
  readonly isWhole: boolean;
}

/** Null for a data set that is not known to be one. */
export function benchmarkNamed(dataset: string): Benchmark | null {
  const id = dataset.toLowerCase();
  const whole = WHOLE.find(({ ids }) => ids.includes(id));
  if (whole !== undefined) return { name: whole.name, isWhole: true };
  const split = SPLIT.find(([pattern]) => pattern.test(id));
  return split === undefined ? null : { name: split[1], isWhole: false };
}

/** By their full ids, in small letters: of another owner's data set of that name nothing is known. */
const WHOLE: readonly { readonly name: string; readonly ids: readonly string[] }[] = [
  {
    name: 'AIME',
    ids: [
      'ai-mo/aimo-validation-aime',
      'huggingfaceh4/aime_2024',
      'matharena/aime_2025',
      'matharena/aime_2026',
      'math-ai/aime24',
      'math-ai/aime25',
      'math-ai/aime26',
      'maxwell-jia/aime_2024',
      'opencompass/aime2025',
      'simplescaling/aime24_figures',
      'simplescaling/aime24_nofigures',
      'tiger-lab/aime25',
      'yentinglin/aime_2025',
    ],
  },
  { name: 'AMC', ids: ['ai-mo/aimo-validation-amc', 'math-ai/amc23'] },
  { name: 'HMMT', ids: ['matharena/hmmt_feb_2025', 'matharena/hmmt_nov_2025'] },
  { name: 'MATH-500', ids: ['huggingfaceh4/math-500', 'math-ai/math-500', 'qq8933/math500'] },
  { name: 'OlympiadBench', ids: ['hothan/olympiadbench', 'math-ai/olympiadbench'] },
  { name: 'Minerva', ids: ['math-ai/minervamath', 'svc-huggingface/minerva-math'] },
  { name: 'GSM8K Platinum', ids: ['madrylab/gsm8k-platinum'] },
  { name: 'GPQA', ids: ['idavidrein/gpqa'] },
  { name: 'IFEval', ids: ['google/ifeval', 'huggingfaceh4/ifeval'] },
  { name: 'BBH', ids: ['lighteval/bbh', 'lukaemon/bbh', 'maveriq/bigbenchhard', 'saylortwift/bbh'] },
  {
    name: 'LiveCodeBench',
    ids: [
      'livecodebench/code_generation',
      'livecodebench/code_generation_lite',
      'livecodebench/execution',
      'livecodebench/execution-v2',
      'livecodebench/test_generation',
    ],
  },
  {
    name: 'HumanEval',
    ids: ['bigcode/humanevalpack', 'evalplus/humanevalplus', 'openai/openai_humaneval', 'openai_humaneval'],
  },
  { name: 'MBPP+', ids: ['evalplus/mbppplus'] },
  {
    name: 'SWE-bench',
    ids: [
      'princeton-nlp/swe-bench_lite',
      'princeton-nlp/swe-bench_verified',
      'swe-bench/swe-bench_lite',
      'swe-bench/swe-bench_verified',
    ],
  },
  {
    name: 'BFCL',
    ids: ['gorilla-llm/berkeley-function-calling-leaderboard'],
  },
  { name: 'MT-Bench', ids: ['huggingfaceh4/mt_bench_prompts', 'lighteval/mt-bench'] },
  { name: 'AlpacaEval', ids: ['tatsu-lab/alpaca_eval'] },
  {
    name: 'Arena-Hard',
    ids: ['lmarena-ai/arena-hard-auto', 'lmarena-ai/arena-hard-auto-v0.1', 'lmsys/arena-hard-auto-v0.1'],
  },
  { name: 'TruthfulQA', ids: ['truthful_qa', 'truthfulqa/truthful_qa'] },
  { name: "Humanity's Last Exam", ids: ['cais/hle'] },
  { name: 'SimpleQA', ids: ['lighteval/simpleqa'] },
  { name: 'RewardBench', ids: ['allenai/reward-bench', 'allenai/reward-bench-2'] },
];

/** Whoever uploaded them: their training splits, where they have one, may be trained on. */
const SPLIT: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/(?:^|\/)gsm8k$/, 'GSM8K'],
  [/(?:^|\/)(?:math-500|competition_math|hendrycks_math|math_dataset|math-lighteval)$/, 'MATH'],
  [/(?:^|\/)(?:mmlu|mmlu-pro|mmlu_pro)$/, 'MMLU'],
  [/(?:^|\/)(?:ai2_arc|arc)$/, 'ARC'],
  [/(?:^|\/)hellaswag$/, 'HellaSwag'],
  [/(?:^|\/)winogrande$/, 'WinoGrande'],
  [/(?:^|\/)truthfulqa$/, 'TruthfulQA'],
  [/(?:^|\/)mbpp$/, 'MBPP'],
  [/(?:^|\/)gpqa$/, 'GPQA'],
  [/(?:^|\/)ifeval$/, 'IFEval'],
  [/(?:^|\/)bbh$/, 'BBH'],
  [/(?:^|\/)drop$/, 'DROP'],
  [/(?:^|\/)squad(?:_v2)?$/, 'SQuAD'],
  [/(?:^|\/)trivia_qa$/, 'TriviaQA'],
  [/(?:^|\/)natural_questions$/, 'Natural Questions'],
  [/(?:^|\/)swe-bench(?:_\w+)?$/, 'SWE-bench'],
];
