import type { Node } from 'web-tree-sitter';
import { type LineNumber, lineNumber } from '../../model/identifiers.js';

/**
 * A list of node types that knows at once what is in it: tree-sitter asks it for every type of the grammar, for every
 * file.
 */
export function nodeTypes(types: readonly string[]): string[] {
  const known = new Set(types);
  return Object.assign([...types], { includes: (type: string) => known.has(type) });
}

/** All nodes of these types in pre-order, and the nodes of what could not be parsed among them. */
export function collectNodes(root: Node, types: string[]): readonly Node[] {
  const nodes = root.descendantsOfType(types);
  if (!root.hasError) return nodes;
  // Asked for together with others, `ERROR` would make tree-sitter drop them all.
  return mergeInPreOrder(nodes, root.descendantsOfType('ERROR'));
}

/** The line of the first thing that is wrong or missing, or null in a file without fault. */
export function firstErrorLine(root: Node): LineNumber | null {
  if (!root.hasError) return null;
  let node = root;
  while (!node.isError && !node.isMissing) {
    const faulty = node.children.find((child) => child.hasError);
    if (faulty === undefined) break;
    node = faulty;
  }
  // Tree-sitter counts rows from 0.
  return lineNumber(node.startPosition.row + 1);
}

function mergeInPreOrder(nodes: readonly Node[], errors: readonly Node[]): readonly Node[] {
  const merged: Node[] = [];
  let next = 0;
  for (const node of nodes) {
    for (let error = errors[next]; error !== undefined && comesFirst(error, node); error = errors[next]) {
      merged.push(error);
      next += 1;
    }
    merged.push(node);
  }
  return [...merged, ...errors.slice(next)];
}

/** Of two nodes, the one that starts first or holds the other. */
function comesFirst(a: Node, b: Node): boolean {
  return a.startIndex < b.startIndex || (a.startIndex === b.startIndex && a.endIndex >= b.endIndex);
}
