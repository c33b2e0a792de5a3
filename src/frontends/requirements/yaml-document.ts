import type { Document, Node, ParsedNode } from 'yaml';
import type { Bounds } from '../../model/bounds.js';
import type { FileFacts, PartialReading, RequirementFact } from '../../model/fact.js';
import { composeShallow } from '../config/library-reader.js';
import type { Source } from '../frontend.js';
import { LineIndex } from '../places.js';

/** Reads a YAML or JSON file for requirements, within the size that the library reads in time. */
export function readYaml(
  source: Source,
  bounds: Bounds,
  read: (root: ParsedNode | null, lines: LineIndex) => RequirementFact[],
): FileFacts {
  if (source.text.length > bounds.yamlBytes) {
    return { facts: [], partial: { reason: 'too-large', line: null, detail: `over ${bounds.yamlBytes} bytes` } };
  }
  const lines = new LineIndex(source.text);
  // Looking for double keys takes longer than all the rest.
  const options = { uniqueKeys: false, prettyErrors: false };
  const { composed, emptied } = composeShallow(source.text, bounds.nesting, options);
  const [document] = composed;
  const partial = syntaxError(document, lines) ?? (emptied.size === 0 ? null : tooDeep(bounds));
  return { facts: read(document?.contents ?? null, lines), partial };
}

function syntaxError(document: Document.Parsed | undefined, lines: LineIndex): PartialReading | null {
  const [error] = document?.errors ?? [];
  if (error === undefined) return null;
  return { reason: 'syntax-error', line: lines.lineAt(error.pos[0]), detail: error.code };
}

function tooDeep({ nesting }: Bounds): PartialReading {
  return { reason: 'too-deep', line: null, detail: `more than ${nesting} maps or lists inside one another` };
}

/** Where a node is written, its quotes included. */
export function spanOf(node: Node): [start: number, end: number] {
  const [start, end] = node.range ?? [0, 0];
  return [start, end];
}
