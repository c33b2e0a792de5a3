import type { Finding } from '../model/comparison.js';
import { isNotebook } from '../model/notebook-path.js';
import type { Review } from '../model/review.js';
import { cellOf } from '../notebooks/notebook.js';
import { toldAt } from './place.js';

/**
 * Where a reader finds in a notebook what is told at a line of its file: `cell 3, line 2`, counted over all cells.
 * Empty for any other file, and for lines that are no code.
 */
export function cellWords(finding: Finding, { texts }: Pick<Review, 'texts'>): string {
  const place = toldAt(finding);
  const { at } = finding.fault;
  const text = isNotebook(place.path) ? texts[place.side].get(place.path) : undefined;
  if (text === undefined) return '';
  const isFault = place.side === 'head' && place.path === at.path && place.startLine === at.startLine;
  const cell = cellOf(text, isFault ? { offset: at.start } : { line: place.startLine });
  return cell === null ? '' : `cell ${cell.cell}, line ${cell.line}`;
}
