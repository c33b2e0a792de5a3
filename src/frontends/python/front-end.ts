import type { Node, Tree } from 'web-tree-sitter';
import type { Bounds } from '../../model/bounds.js';
import type { FileFacts, PartialReading } from '../../model/fact.js';
import { secretTraces } from '../../model/secrets.js';
import type { FrontEnd, Source } from '../frontend.js';
import { assertNodeTypes, loadGrammar } from '../grammar.js';
import { withoutNamedSecrets, withoutSecretsNear } from '../named-secrets.js';
import { LineIndex } from '../places.js';
import { EXPRESSION_NODES, ExpressionReader } from './expression-reader.js';
import { STATEMENT_NODES, StatementReader } from './statement-reader.js';
import { collectNodes, firstErrorLine, nodeTypes } from './syntax-errors.js';
import { TokenStream } from './token-stream.js';

const NODE_TYPES = nodeTypes([...EXPRESSION_NODES, ...STATEMENT_NODES]);
/** Where nothing is wrong in a file, its strings end where they seem to, and a fifth of the nodes need not be asked for. */
const WITHOUT_STRINGS = nodeTypes(NODE_TYPES.filter((type) => type !== 'string'));

/** Reads Python, 2 and 3, with tree-sitter. Files are parsed, never imported. */
export async function createPythonFrontEnd(): Promise<FrontEnd> {
  const grammar = await loadGrammar('python');
  assertNodeTypes(grammar.language, NODE_TYPES);
  return {
    id: 'python',
    version: 4,
    claims: (path) => path.endsWith('.py'),
    extract: (source, bounds) =>
      grammar.withTree(source.text, bounds.parseMilliseconds, (tree) => readTree(tree, source, bounds)) ??
      tooSlow(bounds),
  };
}

function readTree(tree: Tree, { text, secrets }: Source, bounds: Bounds): FileFacts {
  const { nesting } = bounds;
  const flawed = tree.rootNode.hasError;
  const tokens = new TokenStream(text, collectNodes(tree.rootNode, flawed ? NODE_TYPES : WITHOUT_STRINGS), !flawed);
  const { clean, wordEnds } = secrets ?? secretTraces(text);
  const expressions = new ExpressionReader({ text, tokens, lines: new LineIndex(text), nesting, clean });
  const statements = new StatementReader({ text, tokens, expressions, nesting });
  statements.readModule();
  const facts = clean ? withoutSecretsNear(wordEnds, statements.facts) : withoutNamedSecrets(statements.facts);
  return { facts, partial: partialReading(tree.rootNode, expressions, nesting) };
}

function partialReading(root: Node, expressions: ExpressionReader, nesting: number): PartialReading | null {
  const errorLine = firstErrorLine(root);
  if (errorLine !== null) return { reason: 'syntax-error', line: errorLine, detail: null };
  if (expressions.tooDeepAt === null) return null;
  return { reason: 'too-deep', line: expressions.tooDeepAt, detail: `${nesting} levels` };
}

function tooSlow(bounds: Bounds): FileFacts {
  return { facts: [], partial: { reason: 'too-slow', line: null, detail: `${bounds.parseMilliseconds} ms` } };
}
