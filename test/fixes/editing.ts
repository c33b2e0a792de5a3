import { applyTextEdits, planTextEdits } from '../../src/fixes/apply-edits.js';
import { LineIndex } from '../../src/frontends/places.js';
import type { Edit } from '../../src/model/fix.js';
import { repoPath } from '../../src/model/identifiers.js';
import { type Location, locate } from '../../src/model/location.js';

export interface File {
  readonly name: string;
  readonly text: string;
}

/** Where a snippet stands in a file: the first of its kind, or the one behind `from`. */
export function at({ name, text }: File, snippet: string, from = 0): Location {
  const start = text.indexOf(snippet, from);
  if (start === -1) throw new RangeError(`"${snippet}" is not in the text`);
  return locate(repoPath(name), new LineIndex(text).place(start, start + snippet.length));
}

/** The text after the edits; null where they cannot be planned. */
export function edited({ name, text }: File, ...edits: readonly Edit[]): string | null {
  const planned = planTextEdits({ path: repoPath(name), text }, edits);
  return planned === null ? null : applyTextEdits(text, planned);
}
