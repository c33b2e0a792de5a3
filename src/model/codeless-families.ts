/**
 * Model families whose repositories on the hub hold no code: transformers implements them, so `trust_remote_code`
 * does nothing for them, in any release. Read from the repositories' own `config.json`, which has no `auto_map`.
 * A family is listed only where all of its models are so.
 */
const CODELESS_FAMILIES: readonly RegExp[] = [
  /^meta-llama\/(?:meta-)?llama-(?:2-)?[\d.]+/,
  /^codellama\/codellama-\d+b/,
  /^mistralai\/(?:mistral|mixtral|ministral)-\d/,
  /^qwen\/qwen(?:1\.5|2|2\.5|3)-(?:[\d.]+b|math-|coder-)/,
  /^google\/(?:gemma-|codegemma-|flan-t5-|t5-)/,
  /^huggingfacetb\/smollm2?-\d/,
  /^tinyllama\/tinyllama-/,
  /^eleutherai\/(?:pythia|gpt-neo|gpt-j|gpt-neox)-/,
  /^(?:openai-community\/)?gpt2(?:-(?:medium|large|xl))?$/,
  /^facebook\/opt-\d/,
  /^bigscience\/bloomz?(?:-\d|$)/,
  /^bigcode\/starcoder2-\d/,
  /^allenai\/olmo-2-\d/,
  /^deepseek-ai\/deepseek-r1-distill-/,
];

/** Whether `trust_remote_code` has nothing to trust for this model. */
export function holdsNoCode(name: string): boolean {
  const id = name.toLowerCase();
  return CODELESS_FAMILIES.some((family) => family.test(id));
}
