import {
  type CallExpression,
  descendants,
  type Expression,
  findArgument,
  lastName,
  visitDescendants,
} from '../../model/expression.js';
import { compareLocations, type Location, locate } from '../../model/location.js';
import type { PromptCode, PromptText, SetTemplate } from '../../model/prompt-code.js';
import { computed, type Setting, type SettingValue } from '../../model/setting.js';
import type { Evaluator } from './evaluate.js';
import type { TrainerCall } from './trainers.js';
import { type Context, settingOf } from './values.js';

interface Reached {
  readonly calls: readonly { readonly call: CallExpression; readonly context: Context }[];
  readonly contexts: readonly Context[];
}

/**
 * How the code in reach of a trainer writes turns. What stands behind the trainer in its own file asks the model; in a file with
 * several trainers it may be for another one, and is left out.
 */
export function promptCode(
  trainer: TrainerCall,
  reached: Reached,
  evaluator: Evaluator,
  isOnlyTrainer: boolean,
): PromptCode {
  const own = locate(trainer.context.module.path, trainer.call.place);
  const isBehind = ({ path, start }: Location): boolean => path === own.path && start > own.end;
  const templates = templatesIn(reached, evaluator);
  const { asking, other } = textsIn(reached, evaluator);
  return {
    training: {
      templates: templates.filter(({ at }) => !isBehind(at)),
      texts: other.filter(({ at }) => !isBehind(at)),
    },
    asking: {
      templates: isOnlyTrainer ? templates.filter(({ at }) => isBehind(at)) : [],
      texts: isOnlyTrainer ? asking.filter(({ at }) => isBehind(at)) : [],
    },
  };
}

function templatesIn({ calls, contexts }: Reached, evaluator: Evaluator): SetTemplate[] {
  const called = calls.flatMap(({ call, context }) => calledTemplate(call, context, evaluator) ?? []);
  const assigned = contexts.flatMap((context) => assignedTemplates(context, evaluator));
  return [...called, ...assigned].sort((a, b) => compareLocations(a.at, b.at));
}

/** unslothai/unsloth, `unsloth/chat_templates.py`; huggingface/trl until 0.25, `trl/models/utils.py`. */
function calledTemplate(call: CallExpression, context: Context, evaluator: Evaluator): SetTemplate | null {
  const by = lastName(call.callee);
  if (by !== 'get_chat_template' && by !== 'setup_chat_format') return null;
  const symbol = evaluator.program.symbol(context.module, context.scope, call.callee);
  if (symbol?.kind !== 'external' || !/^(?:unsloth|trl)\./.test(symbol.name)) return null;
  const [name, position] = by === 'get_chat_template' ? (['chat_template', 1] as const) : (['format', 2] as const);
  const at = locate(context.module.path, call.place);
  const stated = evaluator.control(call, [name], context, position).value;
  // Both write ChatML where nothing is said.
  const byDefault: Setting = { state: 'literal', value: 'chatml', at, chain: [at] };
  const given = stated === null ? byDefault : settingOf(stated, isAnything);
  const isConditional = context.module.callsNamed(by).some((it) => it.call === call && it.conditional);
  return { by, template: isConditional ? computed('under a condition', [at]) : given, at };
}

function assignedTemplates({ module, scope }: Context, evaluator: Evaluator): SetTemplate[] {
  return TOKENIZERS.flatMap((name) => module.assignmentsTo(`${name}.chat_template`)).flatMap((it): SetTemplate[] => {
    if (it.scope !== scope || it.value === null) return [];
    const at = locate(module.path, it.place);
    const given = settingOf(evaluator.evaluate(it.value, { module, scope }), isAnything);
    return [{ by: 'assignment', template: it.conditional ? computed('under a condition', [at]) : given, at }];
  });
}

const TOKENIZERS = ['tokenizer', 'processor', 'processing_class', 'tok', 'processor.tokenizer'];

function isAnything(value: SettingValue): value is SettingValue {
  return value !== undefined;
}

/** Texts that are handed to the model for an answer, and all others. */
function textsIn(reached: Reached, evaluator: Evaluator): { asking: PromptText[]; other: PromptText[] } {
  const asking: PromptText[] = [];
  const other: PromptText[] = [];
  const alpaca = reached.calls.filter(({ call, context }) => isFormat(call) && isAlpaca(call, context, evaluator));
  // Most code fills no such text, and need not be looked through.
  const spoken = alpaca.length === 0 ? NONE : spokenTexts(reached.contexts);
  const handed = alpaca.length === 0 ? NONE : handedTexts(reached);
  for (const { call, context } of alpaca) {
    if (spoken.has(call)) continue;
    (handed.has(call) ? asking : other).push({ format: 'alpaca', at: locate(context.module.path, call.place) });
  }
  for (const { call, context } of reached.calls) {
    if (!call.callee.endsWith('.apply_chat_template')) continue;
    const asks = findArgument(call, 'add_generation_prompt')?.value;
    const isAsked = asks?.kind === 'scalar' && asks.value === true;
    (isAsked ? asking : other).push({ format: 'chat', at: locate(context.module.path, call.place) });
  }
  return { asking, other };
}

const NONE: ReadonlySet<CallExpression> = new Set();

/** What a tokenizer makes tensors of is for the model to go on from. */
function handedTexts({ calls }: Reached): ReadonlySet<CallExpression> {
  const handed = new Set<CallExpression>();
  for (const { call, context } of calls) {
    if (findArgument(call, 'return_tensors') === undefined) continue;
    for (const inner of descendants(call)) if (inner.kind === 'call' && isFormat(inner)) handed.add(inner);
    for (const inner of namedTexts(call, context)) handed.add(inner);
  }
  return handed;
}

/** A text that is kept in a variable first: `prompt = alpaca.format(…)`, `tokenizer(prompt, return_tensors="pt")`. */
function namedTexts(call: CallExpression, { module, scope }: Context): CallExpression[] {
  return call.arguments.flatMap(({ value }) => {
    const names = value.kind === 'list' ? value.items : [value];
    return names.flatMap((it) => {
      if (it.kind !== 'reference') return [];
      const assigned = module.assignmentsTo(it.name).filter((one) => one.scope === scope);
      return assigned.flatMap((one) => (one.value?.kind === 'call' && isFormat(one.value) ? [one.value] : []));
    });
  });
}

/** What is filled in below `content` is what somebody says in a turn, and no turn itself. */
function spokenTexts(contexts: readonly Context[]): ReadonlySet<CallExpression> {
  const spoken = new Set<CallExpression>();
  const note = (inner: Expression): void => {
    if (inner.kind !== 'map') return;
    for (const { key, value } of inner.entries) {
      if (key !== 'content' && key !== 'value') continue;
      for (const it of descendants(value)) if (it.kind === 'call') spoken.add(it);
    }
  };
  for (const { module, scope } of contexts) {
    for (const expression of module.expressionsIn(scope)) visitDescendants(expression, note);
  }
  return spoken;
}

function isFormat({ callee }: CallExpression): boolean {
  return /\.(?:format|format_map)$/.test(callee);
}

/** tatsu-lab/stanford_alpaca, `train.py`: both headings stand in the text that is filled. */
function isAlpaca(call: CallExpression, context: Context, evaluator: Evaluator): boolean {
  const filled: Expression = call.receiver ?? {
    kind: 'reference',
    name: call.callee.slice(0, call.callee.lastIndexOf('.')),
    place: call.place,
  };
  const value = evaluator.evaluate(filled, context);
  const text = value.kind === 'scalar' ? String(value.value) : '';
  return text.includes('### Instruction') && text.includes('### Response');
}
