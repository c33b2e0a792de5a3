import type { Bounds } from '../../model/bounds.js';
import type { Fact, FileFacts, PartialReading } from '../../model/fact.js';
import type { RepoPath } from '../../model/identifiers.js';
import { maskSecrets } from '../../model/secrets.js';
import type { FrontEnd, Source } from '../frontend.js';
import { type Grammar, loadGrammar } from '../grammar.js';
import { withoutNamedSecrets } from '../named-secrets.js';
import { LineIndex } from '../places.js';
import { type BoundHit, type Dialect, type ReadingContext, readDocument } from './expressions.js';
import { assertYamlNodeTypes, readWithGrammar } from './grammar-reader.js';
import { classifyJson, readJsonScalar } from './json-text.js';
import { readWithLibrary } from './library-reader.js';
import { readPlainScalar } from './pyyaml-scalars.js';
import type { SyntaxReading } from './syntax-tree.js';

/** Reads YAML and JSON configuration. Nothing is executed or constructed: a tag that names a class is opaque. */
export async function createConfigFrontEnd(): Promise<FrontEnd> {
  const grammar = await loadGrammar('yaml');
  assertYamlNodeTypes(grammar);
  return { id: 'config', version: 3, claims, extract: (source, bounds) => extract(source, bounds, grammar) };
}

const CONFIG_FILE = /\.(?:ya?ml|jsonc?)$/;
/** What package managers write, and a compiler's settings: large, frequent, and never about training. */
const OTHER_FILE = /(?:^|[-.])lock\.(?:ya?ml|jsonc?)$|^npm-shrinkwrap\.json$|^tsconfig[^/]*\.jsonc?$/;

function claims(path: RepoPath): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  return CONFIG_FILE.test(name) && !OTHER_FILE.test(name);
}

const YAML: Dialect = { readPlainScalar, mergesMaps: true };
const JSON_DIALECT: Dialect = { readPlainScalar: readJsonScalar, mergesMaps: false };
const NOTHING: FileFacts = { facts: [], partial: null };

function extract({ path, text }: Source, bounds: Bounds, grammar: Grammar): FileFacts {
  if (!/\.jsonc?$/i.test(path)) return readDocuments({ source: text, text, dialect: YAML, bounds, grammar });
  const json = classifyJson(text);
  if (json.kind === 'data') return NOTHING;
  return readDocuments({ source: text, text: json.text, dialect: JSON_DIALECT, bounds, grammar });
}

interface Job {
  readonly source: string;
  /** What is parsed: the source, or the source with its comments blanked. */
  readonly text: string;
  readonly dialect: Dialect;
  readonly bounds: Bounds;
  readonly grammar: Grammar;
}

function readDocuments({ source, text, dialect, bounds, grammar }: Job): FileFacts {
  const reading =
    Buffer.byteLength(text) > bounds.yamlBytes
      ? readWithGrammar(text, bounds, grammar)
      : readWithLibrary(text, bounds.nesting);
  if (typeof reading === 'string') return { facts: [], partial: unread(reading, bounds) };
  const context: ReadingContext = { text: source, lines: new LineIndex(source), dialect, bounds };
  const documents = reading.documents.map((document) => readDocument(document, context));
  const header = packageDirective(source);
  const facts = documents.map(
    ({ root }, index): Fact => ({ kind: 'document', index, root, ...(header === null ? {} : { package: header }) }),
  );
  const hits = new Set(documents.flatMap(({ hit }) => [...hit]));
  if (reading.tooDeep) hits.add('too-deep');
  return { facts: withoutNamedSecrets(facts), partial: partialReading(reading, hits, context) };
}

/** Hydra's directive stands in the comments that open a file: https://hydra.cc/docs/advanced/overriding_packages */
function packageDirective(source: string): string | null {
  for (const line of source.slice(0, OPENING_COMMENTS).split('\n')) {
    const text = line.trim();
    if (text !== '' && !text.startsWith('#')) return null;
    const found = /^#\s*@package\s+([\w.]*)$/.exec(text)?.[1];
    if (found !== undefined) return found;
  }
  return null;
}

const OPENING_COMMENTS = 4_000;

function unread(reason: 'too-slow' | 'too-large', bounds: Bounds): PartialReading {
  const detail =
    reason === 'too-slow' ? `reading took longer than ${bounds.parseMilliseconds} ms` : 'more lines than can be read';
  return { reason, line: null, detail };
}

/** A file has one reason to be partial; the one that cost most of the file goes first. */
function partialReading(
  { error }: SyntaxReading,
  hits: ReadonlySet<BoundHit>,
  { lines, bounds }: ReadingContext,
): PartialReading | null {
  if (error !== null) {
    return { reason: 'syntax-error', line: lines.lineAt(error.offset), detail: maskSecrets(error.message) };
  }
  if (hits.has('too-deep')) {
    return { reason: 'too-deep', line: null, detail: `more than ${bounds.nesting} maps or lists inside one another` };
  }
  if (!hits.has('too-many-aliases')) return null;
  return {
    reason: 'too-many-aliases',
    line: null,
    detail: `more aliases than ${bounds.yamlAliases}, or too large ones`,
  };
}
