import type { ModelLoad, TrainingRun } from '../../src/model/run.js';
import { isLiteral, type LiteralSetting } from '../../src/model/setting.js';

/** The one base of a run, by its name; null where there are several, or the name is not known. */
export function soleBase(run: TrainingRun): { readonly load: ModelLoad; readonly name: LiteralSetting<string> } | null {
  const models = run.loads.filter((load) => load.what === 'model');
  const [first] = models;
  if (first === undefined || !isLiteral(first.name) || first.name.byDefault === true) return null;
  const { name } = first;
  return models.every((load) => isLiteral(load.name, name.value)) ? { load: first, name } : null;
}

/**
 * A model's name without what does not change its architecture and its weights: owner, case and quantisation. Mirrors of one
 * model under several owners are one model here.
 */
export function modelOf(name: string): string {
  const last = name.replace(/\/+$/, '').split('/').at(-1) ?? name;
  return last
    .toLowerCase()
    .replace(/(?:-unsloth)?-bnb-4bit$|-(?:4bit|8bit|gptq|awq|gguf|int4|int8|hf)(?:-.*)?$/g, '')
    .replace(/^(?:meta-|unsloth-)/, '');
}
