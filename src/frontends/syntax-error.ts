import type { Node } from 'web-tree-sitter';
import type { PartialReading } from '../model/fact.js';
import type { LineIndex } from './places.js';

/** Where tree-sitter lost its way; null where it did not. The innermost node with an error is the place. */
export function syntaxErrorIn(root: Node, lines: LineIndex): PartialReading | null {
  if (!root.hasError) return null;
  let node = root;
  while (!node.isError && !node.isMissing) {
    const inner = node.children.find((child) => child.hasError || child.isMissing);
    if (inner === undefined) break;
    node = inner;
  }
  return { reason: 'syntax-error', line: lines.lineAt(node.startIndex), detail: null };
}
