import type { Scalar } from '../../model/expression.js';

/**
 * A word of a command line or of a resolver's arguments as Hydra and OmegaConf read it: `1e-4` is a number there,
 * other than to PyYAML. Quotes are taken off.
 */
export function readPlainWord(word: string): Scalar {
  const text = word.trim();
  const [, quoted] = /^(?:'([^'\\]*)'|"([^"\\]*)")$/.exec(text)?.filter((part) => part !== undefined) ?? [];
  if (quoted !== undefined) return quoted;
  if (/^null$/i.test(text)) return null;
  if (/^true$/i.test(text)) return true;
  if (/^false$/i.test(text)) return false;
  if (/^[-+]?\d[\d_]*$/.test(text) || FLOAT.test(text)) return Number(text.replaceAll('_', ''));
  return text;
}

const FLOAT = /^[-+]?(?:\d[\d_]*\.[\d_]*|\.\d[\d_]*|\d[\d_]*(?=[eE]))(?:[eE][-+]?\d[\d_]*)?$/;
