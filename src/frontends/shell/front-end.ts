import type { Tree } from 'web-tree-sitter';
import type { Bounds } from '../../model/bounds.js';
import type { FileFacts, PartialReading } from '../../model/fact.js';
import type { LineNumber } from '../../model/identifiers.js';
import type { FrontEnd } from '../frontend.js';
import { type Grammar, loadGrammar } from '../grammar.js';
import { withoutNamedSecrets } from '../named-secrets.js';
import { LineIndex } from '../places.js';
import { syntaxErrorIn } from '../syntax-error.js';
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
    partial: tooDeep(tooDeepAt, bounds) ?? syntaxErrorIn(tree.rootNode, lines),
  };
}

function tooDeep(line: LineNumber | null, bounds: Bounds): PartialReading | null {
  return line === null ? null : { reason: 'too-deep', line, detail: `over ${bounds.nesting} levels` };
}
