import type { Node, Tree } from 'web-tree-sitter';
import type { Bounds } from '../../model/bounds.js';
import type { FileFacts, PartialReading } from '../../model/fact.js';
import type { LineNumber } from '../../model/identifiers.js';
import type { FrontEnd } from '../frontend.js';
import { type Grammar, loadGrammar } from '../grammar.js';
import { withoutNamedSecrets } from '../named-secrets.js';
import { LineIndex } from '../places.js';
import { readScript } from './script.js';

const CLAIMED = /\.(?:sh|bash|slurm|sbatch)$/i;

/** Reads shell scripts: the commands they start and the variables they set. */
export async function createShellFrontEnd(): Promise<FrontEnd> {
  const grammar = await loadGrammar('bash');
  return {
    id: 'shell',
    version: 2,
    claims: (path) => CLAIMED.test(path),
    extract: (source, bounds) => extractShell(grammar, source.text, bounds),
  };
}

function extractShell(grammar: Grammar, text: string, bounds: Bounds): FileFacts {
  const read = grammar.withTree(withoutTraps(text), bounds.parseMilliseconds, (tree) => readTree(tree, text, bounds));
  if (read !== null) return read;
  return { facts: [], partial: { reason: 'too-slow', line: null, detail: `over ${bounds.parseMilliseconds} ms` } };
}

/**
 * The text for the parser alone, of the same length. The grammar loses words at three things: a `\` that ends the
 * file, a remark between continued lines (`` `# like this` \ ``), and a `-` before a here-document.
 */
function withoutTraps(text: string): string {
  return text
    .replace(/(?<!\\)\\\s*$/, (end) => end.replace('\\', ' '))
    .replace(/(?<=^|\s)`#[^`\n]*`(?=\s|$)/gm, (remark) => ' '.repeat(remark.length))
    .replace(/(?<=\s)-(?=[ \t]*<<)/g, '_');
}

function readTree(tree: Tree, text: string, bounds: Bounds): FileFacts {
  const lines = new LineIndex(text);
  const { facts, tooDeepAt } = readScript(tree.rootNode, { text, lines, nesting: bounds.nesting });
  return {
    facts: withoutNamedSecrets(facts),
    partial: tooDeep(tooDeepAt, bounds) ?? syntaxError(tree.rootNode, lines),
  };
}

function tooDeep(line: LineNumber | null, bounds: Bounds): PartialReading | null {
  return line === null ? null : { reason: 'too-deep', line, detail: `over ${bounds.nesting} levels` };
}

function syntaxError(root: Node, lines: LineIndex): PartialReading | null {
  if (!root.hasError) return null;
  let node = root;
  // The innermost node with an error is where it is; the outer ones only hold it.
  while (!node.isError && !node.isMissing) {
    const inner = node.children.find((child) => child.hasError || child.isMissing);
    if (inner === undefined) break;
    node = inner;
  }
  return { reason: 'syntax-error', line: lines.lineAt(node.startIndex), detail: null };
}
