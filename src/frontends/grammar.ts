import { createRequire } from 'node:module';
import { Language, Parser, type Tree } from 'web-tree-sitter';

/** The grammars we ship with, by the module that holds their `.wasm`. */
const GRAMMARS = {
  python: 'tree-sitter-python/tree-sitter-python.wasm',
  bash: 'tree-sitter-bash/tree-sitter-bash.wasm',
  yaml: '@tree-sitter-grammars/tree-sitter-yaml/tree-sitter-yaml.wasm',
  toml: '@tree-sitter-grammars/tree-sitter-toml/tree-sitter-toml.wasm',
} as const;
export type GrammarName = keyof typeof GRAMMARS;

/** A parser for one language. Trees must be freed by `withTree`, or the wasm heap fills and aborts at 2 GiB. */
export interface Grammar {
  readonly language: Language;
  /**
   * Parses, hands the tree to `read`, and frees it. Null when parsing took longer than `milliseconds`.
   */
  readonly withTree: <T>(text: string, milliseconds: number, read: (tree: Tree) => T) => T | null;
}

export async function loadGrammar(name: GrammarName): Promise<Grammar> {
  await Parser.init();
  const language = await Language.load(createRequire(import.meta.url).resolve(GRAMMARS[name]));
  const parser = new Parser();
  parser.setLanguage(language);
  return {
    language,
    withTree: (text, milliseconds, read) => {
      const deadline = performance.now() + milliseconds;
      // The callback's type says it returns nothing; the library reads its answer and stops at `true`.
      const progressCallback = (() => performance.now() > deadline) as () => void;
      const tree = parser.parse(text, null, { progressCallback });
      if (tree === null) {
        // A cancelled parse would otherwise go on where it stopped, on the next file's text.
        parser.reset();
        return null;
      }
      try {
        return read(tree);
      } finally {
        tree.delete();
      }
    },
  };
}

/**
 * Fails when a node type is misspelt. Tree-sitter ignores names it does not know, so a typing error would read as
 * "this file has none".
 */
export function assertNodeTypes(language: Language, types: readonly string[]): void {
  const known = new Set(language.types);
  const misspelt = types.filter((type) => !known.has(type));
  if (misspelt.length > 0) throw new RangeError(`the grammar has no node type ${misspelt.join(', ')}`);
}
