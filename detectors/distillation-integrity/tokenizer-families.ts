/**
 * Families of models with one vocabulary each, by the ids of those who publish them: what others call their models says
 * nothing. Families that changed their vocabulary on the way are told apart or left out.
 */
const HUB_FAMILIES: readonly (readonly [RegExp, string])[] = [
  [/^meta-llama\/(?:meta-)?llama-3(?:[.-]|$)/, 'Llama 3'],
  [/^meta-llama\/llama-2-/, 'Llama 2'],
  [/^qwen\/qwen(?:1\.5|2|2\.5|3)-(?!vl|audio|omni)/, 'Qwen'],
  [/^google\/gemma-(?:2-)?\d+b/, 'Gemma'],
  [/^google\/gemma-3-/, 'Gemma 3'],
  [/^huggingfacetb\/smollm2?-/, 'SmolLM'],
  [/^openai-community\/gpt2/, 'GPT-2'],
  [/^eleutherai\/pythia-/, 'Pythia'],
];

/** Null for a model whose vocabulary is not known here. */
export function hubFamily(name: string): string | null {
  const id = name.toLowerCase();
  return HUB_FAMILIES.find(([family]) => family.test(id))?.[1] ?? null;
}

const COMPONENT_FAMILIES: readonly (readonly [RegExp, string])[] = [
  [/^llama3(?:_\d)?$/, 'Llama 3'],
  [/^(?:llama2|code_llama2)$/, 'Llama 2'],
  [/^qwen(?:2|2_5|3)$/, 'Qwen'],
  [/^gemma2?$/, 'Gemma'],
  [/^mistral$/, 'Mistral'],
  [/^phi3$/, 'Phi 3'],
  [/^phi4$/, 'Phi 4'],
];

/** `torchtune.models.llama3_2.lora_llama3_2_1b` is of Llama 3. */
export function componentFamily(component: string): string | null {
  const [, module = ''] = /^torchtune\.models\.(\w+)\./.exec(component) ?? [];
  return COMPONENT_FAMILIES.find(([family]) => family.test(module))?.[1] ?? null;
}
