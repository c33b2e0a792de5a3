import { type CallExpression, lastName } from '../../model/expression.js';
import { locate } from '../../model/location.js';
import type { Upload } from '../../model/run.js';
import type { SettingValue } from '../../model/setting.js';
import type { Evaluator } from './evaluate.js';
import { type Context, controlOf, settingOf } from './values.js';

/** Calls that send a model to a hub by themselves, and where each takes the name of the repository. */
const UPLOADS: Readonly<Record<string, number>> = {
  push_to_hub: 0,
  push_to_hub_merged: 0,
  push_to_hub_gguf: 0,
  create_repo: 0,
};

/** A call that uploads; null for any other, and for what is no model: a tokenizer goes with its model. */
export function uploadOf(call: CallExpression, context: Context, evaluator: Evaluator): Upload | null {
  const name = lastName(call.callee);
  const position = UPLOADS[name];
  const receiver = call.callee.split('.').slice(0, -1).join('.');
  if (position === undefined || OTHER_THINGS.test(lastName(receiver))) return null;
  if (name === 'create_repo' && !isOfTheHub(call, context, evaluator)) return null;
  const isTrainer = /trainer$/i.test(receiver);
  // What else has a `push_to_hub` may be a data set, or anything of the repository's own.
  if (name === 'push_to_hub' && !isTrainer && !/model|peft|policy|adapter|merged/i.test(receiver)) return null;
  const path = context.module.path;
  const names = ['repo_id', 'save_directory'];
  const target = isTrainer ? null : evaluator.control(call, names, context, position).value;
  return {
    at: locate(path, call.place),
    key: `${name}(private)`,
    label: `\`${name}\``,
    target: settingOf(target, isAnything),
    private: isTrainer ? null : controlOf(evaluator.control(call, ['private'], context), isAnything),
    open: evaluator.openness(call, context),
    argumentsAt: locate(path, call.argumentsPlace),
  };
}

const OTHER_THINGS = /token|processor|extractor|config|dataset|^ds$|^data$|card/i;

/** `create_repo` of huggingface_hub, as a function or on its `HfApi`. */
function isOfTheHub(call: CallExpression, context: Context, evaluator: Evaluator): boolean {
  const symbol = evaluator.program.symbol(context.module, context.scope, call.callee);
  if (symbol?.kind === 'external')
    return symbol.name.startsWith('huggingface_hub.') && isModel(call, context, evaluator);
  const receiver = call.callee.split('.').slice(0, -1).join('.');
  if (receiver === '') return false;
  const value = evaluator.evaluate({ kind: 'reference', name: receiver, place: call.place }, context);
  return value.kind === 'call' && lastName(value.call.callee) === 'HfApi' && isModel(call, context, evaluator);
}

function isModel(call: CallExpression, context: Context, evaluator: Evaluator): boolean {
  const kind = evaluator.control(call, ['repo_type'], context).value;
  return kind === null || (kind.kind === 'scalar' && (kind.value === null || kind.value === 'model'));
}

function isAnything(value: SettingValue): value is SettingValue {
  return value !== undefined;
}
