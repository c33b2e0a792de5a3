import { type Node, type ParsedNode, parseDocument } from 'yaml';
import type { Bounds } from '../../model/bounds.js';
import type { FileFacts, RequirementFact } from '../../model/fact.js';
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
  const document = parseDocument(source.text, { uniqueKeys: false, prettyErrors: false });
  const [error] = document.errors;
  return {
    facts: read(document.contents, lines),
    partial:
      error === undefined ? null : { reason: 'syntax-error', line: lines.lineAt(error.pos[0]), detail: error.code },
  };
}

/** Where a node is written, its quotes included. */
export function spanOf(node: Node): [start: number, end: number] {
  const [start, end] = node.range ?? [0, 0];
  return [start, end];
}
