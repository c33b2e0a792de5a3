/** What stands around a turn. Templates with the same marks differ in their system prompt, in thoughts or in tools alone. */
export type TurnMarks =
  | 'chatml'
  | 'llama3'
  | 'llama4'
  | 'inst'
  | 'gemma'
  | 'gemma4'
  | 'phi'
  | 'phi4'
  | 'glm4'
  | 'deepseek3'
  | 'zephyr'
  | 'vicuna'
  | 'alpaca'
  | 'default';

/** The marks of a template of LLaMA-Factory; null for one that is not known here, or that writes none. */
export function marksOfTemplate(name: string): TurnMarks | null {
  return TEMPLATES.get(name) ?? null;
}

/** The marks of what code gives a tokenizer: a name of Unsloth's, or a template that is written out. */
export function marksGiven(template: string): TurnMarks | null {
  return /[{}]/.test(template) ? marksWritten(template) : (UNSLOTH.get(template) ?? null);
}

/** The marks of a template by any name that a stack has for it. */
export function marksNamed(name: string): TurnMarks | null {
  return marksGiven(name) ?? marksOfTemplate(name);
}

/** Null where none of the marks is there, or several. */
function marksWritten(template: string): TurnMarks | null {
  const found = WRITTEN.filter(([mark]) => template.includes(mark)).map(([, marks]) => marks);
  return found.length === 1 ? (found[0] ?? null) : null;
}

const WRITTEN: readonly (readonly [string, TurnMarks])[] = [
  ['<|im_start|>', 'chatml'],
  ['<|start_header_id|>', 'llama3'],
  ['[INST]', 'inst'],
  ['<start_of_turn>', 'gemma'],
  ['### Instruction:', 'alpaca'],
];

/** A chat model by its name: the marks that it was trained with, and its template where every release has it. */
export interface ChatModel {
  readonly marks: TurnMarks;
  readonly template: string | null;
}

/**
 * What the last part of a name says, whoever has copied the model: `Qwen2.5-7B-Instruct` and its quantised forms. Null for
 * base models, and for whatever stands for more than a copy.
 */
export function chatModelNamed(name: string): ChatModel | null {
  const last = lastPart(name).toLowerCase().replace(COPY, '');
  return CHAT_MODELS.find(([pattern]) => pattern.test(last))?.[1] ?? null;
}

/** What a path or a name on the hub ends with. */
export function lastPart(name: string): string {
  return name.split(/[\\/]/).findLast((part) => part !== '') ?? name;
}

/** hiyouga/LLaMA-Factory `src/llamafactory/data/template.py`, the templates by their `format_user`. */
const MARKS: Readonly<Record<TurnMarks, readonly string[]>> = {
  chatml: [
    'chatml',
    'chatml_de',
    'intern2',
    'mimo',
    'minicpm_v',
    'opencoder',
    'qwen',
    'qwen2_vl',
    'qwen3',
    'qwen3_nothink',
    'qwen3_vl',
    'qwen3_vl_nothink',
    'qwen3_5',
    'qwen3_5_nothink',
    'smollm',
    'smollm2',
    'yi',
  ],
  llama3: ['llama3', 'mllama'],
  llama4: ['llama4'],
  inst: ['llama2', 'llama2_zh', 'mistral', 'ministral', 'ministral3', 'mistral_small', 'pixtral'],
  gemma: ['gemma', 'gemma2', 'gemma3', 'gemma3n'],
  gemma4: ['gemma4', 'gemma4n'],
  phi: ['phi', 'phi_small'],
  phi4: ['phi4'],
  glm4: ['glm4', 'glm4_moe', 'glm4v', 'glmz1'],
  deepseek3: ['deepseek3', 'deepseekr1'],
  zephyr: ['zephyr'],
  vicuna: ['vicuna'],
  alpaca: ['alpaca'],
  default: ['default'],
};

const TEMPLATES: ReadonlyMap<string, TurnMarks> = new Map(
  (Object.keys(MARKS) as TurnMarks[]).flatMap((marks) => MARKS[marks].map((name) => [name, marks] as const)),
);

/** The same weights in another file or in fewer bits. */
const COPY = /(?:-(?:hf|fp8|awq|gguf|gptq(?:-int[48])?|(?:unsloth-)?bnb-[48]bit|int[48]))+$/;

/**
 * hiyouga/LLaMA-Factory `src/llamafactory/extras/constants.py`, `register_model_group`, for names that stand for one family
 * alone. A template that came after its models, or has a form for thoughts and one without, is not named.
 */
const CHAT_MODELS: readonly (readonly [RegExp, ChatModel])[] = [
  [/^qwen(?:1\.5)?-[\d.]+b-chat$/, { marks: 'chatml', template: 'qwen' }],
  [/^qwen2(?:\.5)?-(?:coder-|math-)?[\d.]+b(?:-a[\d.]+b)?-instruct(?:-1m)?$/, { marks: 'chatml', template: 'qwen' }],
  [/^qwen2(?:\.5)?-vl-\d+b-instruct$/, { marks: 'chatml', template: 'qwen2_vl' }],
  [/^qwq-32b(?:-preview)?$/, { marks: 'chatml', template: 'qwen' }],
  [/^qwen3-[\d.]+b(?:-a[\d.]+b)?(?:-(?:instruct|thinking)-2507)?$/, { marks: 'chatml', template: null }],
  [/^(?:meta-)?llama-3(?:\.[13])?-\d+b-instruct$/, { marks: 'llama3', template: 'llama3' }],
  [/^(?:meta-)?llama-3\.2-[13]b-instruct$/, { marks: 'llama3', template: 'llama3' }],
  [/^llama-2-\d+b-chat$/, { marks: 'inst', template: 'llama2' }],
  [/^(?:mistral|mixtral)-(?:8x)?\d+b-instruct-v0\.\d$/, { marks: 'inst', template: 'mistral' }],
  [/^gemma-(?:1\.1-)?[27]b-it$/, { marks: 'gemma', template: 'gemma' }],
  [/^gemma-[23]-\d+b-it$/, { marks: 'gemma', template: null }],
  [/^phi-3(?:\.5)?-(?:mini|medium)-\d+k-instruct$|^phi-3\.5-mini-instruct$/, { marks: 'phi', template: 'phi' }],
  [/^phi-4$/, { marks: 'phi4', template: null }],
  [/^yi(?:-1\.5)?-\d+b-chat$/, { marks: 'chatml', template: 'yi' }],
  [/^glm-4-9b-chat$/, { marks: 'glm4', template: 'glm4' }],
  [/^deepseek-r1-distill-(?:qwen|llama)-[\d.]+b$/, { marks: 'deepseek3', template: null }],
  [/^zephyr-7b-(?:alpha|beta)$/, { marks: 'zephyr', template: 'zephyr' }],
  [/^vicuna-\d+b-v1\.5$/, { marks: 'vicuna', template: 'vicuna' }],
];

/** unslothai/unsloth, `unsloth/chat_templates.py`, `CHAT_TEMPLATES`. */
const UNSLOTH_NAMES: Readonly<Partial<Record<TurnMarks, readonly string[]>>> = {
  chatml: [
    'chatml',
    'gemma_chatml',
    'gemma2_chatml',
    'qwen-2.5',
    'qwen-25',
    'qwen25',
    'qwen2.5',
    'qwen-3',
    'qwen3',
    'qwen3-instruct',
    'qwen3-thinking',
    'yi-chat',
  ],
  llama3: ['llama-3', 'llama3', 'llama-3.1', 'llama-31', 'llama-3.2', 'llama-3.3'],
  inst: ['mistral', 'llama'],
  gemma: ['gemma', 'gemma2', 'gemma-3', 'gemma3', 'gemma-3n', 'gemma3n'],
  gemma4: ['gemma-4', 'gemma4', 'gemma-4-thinking', 'gemma4-thinking'],
  phi: ['phi-3', 'phi-35', 'phi-3.5'],
  phi4: ['phi-4'],
  zephyr: ['zephyr'],
  vicuna: ['vicuna'],
  alpaca: ['alpaca'],
};

const UNSLOTH: ReadonlyMap<string, TurnMarks> = new Map(
  (Object.keys(UNSLOTH_NAMES) as TurnMarks[]).flatMap((marks) =>
    (UNSLOTH_NAMES[marks] ?? []).map((name) => [name, marks] as const),
  ),
);
