import type { Scalar } from './expression.js';
import type { Location } from './location.js';

/** `safe` changes nothing a run computes; `unsafe` changes what the run does; `display-only` is never applied. */
export type Applicability = 'safe' | 'unsafe' | 'display-only';

/** How a finding is mended: what to change, in no language's spelling. The `fixes` room writes the text. */
export interface Fix {
  readonly applicability: Applicability;
  /** What the edit does, as an order: "Drop `safe_serialization=False`." */
  readonly title: string;
  readonly edits: readonly Edit[];
}

export type Edit =
  /** Puts a constant where another stands, spelled as the language and the old value spell theirs. */
  | { readonly kind: 'replace-value'; readonly at: Location; readonly value: Scalar }
  /** Takes away a keyword argument of a call, or a key of a map, with its comma or its line. `at` is all of it. */
  | { readonly kind: 'remove'; readonly at: Location }
  /** Adds a keyword argument behind the last one. `at` is the call's brackets; `code` is in the file's language. */
  | { readonly kind: 'add-argument'; readonly at: Location; readonly name: string; readonly code: string }
  /** Adds a key behind another of the same map. `after` is that key with its value. */
  | { readonly kind: 'add-key'; readonly after: Location; readonly key: string; readonly value: Scalar };

/** One replaced stretch of a text. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A fix that was applied to the head in memory, parsed again and judged again, and mended its finding. */
export interface ProvenFix {
  readonly applicability: 'safe' | 'unsafe';
  readonly title: string;
  /** The whole lines that are replaced, counted from 1, both ends included. */
  readonly path: Location['path'];
  readonly startLine: Location['startLine'];
  readonly endLine: Location['endLine'];
  /** What stands there afterwards, without the last line end; empty string with `deletes` for lines that go. */
  readonly replacement: string;
  readonly deletesLines: boolean;
}

export function replaceValue(at: Location, value: Scalar): Edit {
  return { kind: 'replace-value', at, value };
}

export function remove(at: Location): Edit {
  return { kind: 'remove', at };
}

export function addArgument(at: Location, name: string, code: string): Edit {
  return { kind: 'add-argument', at, name, code };
}
