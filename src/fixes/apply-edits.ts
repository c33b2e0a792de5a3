import type { Scalar } from '../model/expression.js';
import type { Edit, TextEdit } from '../model/fix.js';
import type { RepoPath } from '../model/identifiers.js';
import type { Location } from '../model/location.js';
import { isNotebook } from '../model/notebook-path.js';
import { EditedText, inOrder } from './edited-text.js';
import { planNotebookEdits } from './notebook-edits.js';
import { addArgument } from './python-arguments.js';
import { addItemBehind, removeItem } from './separated-items.js';
import { type Language, languageOf, spell } from './spelling.js';
import { findTrivia, type Stretch } from './trivia.js';
import { addBlockKey, findKey, isReferredTo, removeBlockKey } from './yaml-maps.js';

export { asLineReplacement, type LineReplacement } from './line-replacement.js';

/**
 * What a fix's edits change in a text, as the language and the text around them spell it; in order, without overlap.
 * Null where this cannot be done safely: edits of another file or of a language that is not written, edits inside one
 * another, places that hold something else than the edit says, a map that would lose its only key.
 */
export function planTextEdits(
  source: { readonly path: RepoPath; readonly text: string },
  edits: readonly Edit[],
): readonly TextEdit[] | null {
  if (isNotebook(source.path)) return planNotebookEdits(source, edits, planTextEdits);
  const language = languageOf(source.path);
  const ordered = inWorkingOrder(edits);
  if (language === null || !ordered.every((edit) => isInside(placeOf(edit), source)) || overlap(ordered)) return null;
  const edited = new EditedText(source.text);
  for (const edit of ordered) {
    const place = currentPlace(placeOf(edit), edited);
    const planned = place === null ? null : plan(edit, place, { text: edited.text, language });
    if (planned === null) return null;
    edited.apply(planned);
  }
  return edited.edits();
}

/** Throws a `RangeError` for edits that overlap or lie outside of the text. */
export function applyTextEdits(text: string, edits: readonly TextEdit[]): string {
  let result = '';
  let position = 0;
  for (const { start, end, text: replacement } of inOrder(edits)) {
    if (start < position || end < start || end > text.length) {
      throw new RangeError(`the edit from ${start} to ${end} overlaps another, or lies outside of the text`);
    }
    result += text.slice(position, start) + replacement;
    position = end;
  }
  return result + text.slice(position);
}

interface Target {
  readonly text: string;
  readonly language: Language;
}

/**
 * Additions first, while the places they refer to still stand, then the others. Keys behind one and the same key are
 * added from the last on, which leaves them in the order given.
 */
function inWorkingOrder(edits: readonly Edit[]): Edit[] {
  const distinct = [...new Map(edits.map((edit) => [JSON.stringify(edit), edit])).values()];
  const keys = distinct.filter((edit) => edit.kind === 'add-key').reverse();
  const named = distinct.filter((edit) => edit.kind === 'add-argument');
  return [...keys, ...named, ...distinct.filter(isChange)];
}

function isChange(edit: Edit): boolean {
  return edit.kind === 'replace-value' || edit.kind === 'remove';
}

function placeOf(edit: Edit): Location {
  return edit.kind === 'add-key' ? edit.after : edit.at;
}

function isInside(place: Location, { path, text }: { path: RepoPath; text: string }): boolean {
  return place.path === path && place.start >= 0 && place.start <= place.end && place.end <= text.length;
}

function overlap(edits: readonly Edit[]): boolean {
  const places = edits.filter(isChange).map(placeOf);
  return places.some((a, index) => places.slice(index + 1).some((b) => a.start < b.end && b.start < a.end));
}

/** An empty place stands behind the character before it, such as the colon of a key without a value. */
function currentPlace(place: Location, edited: EditedText): Stretch | null {
  const end = edited.currentOffset(place.end - 1);
  const start = place.start === place.end ? end : edited.currentOffset(place.start);
  if (start === null || end === null) return null;
  return { start: place.start === place.end ? end + 1 : start, end: end + 1 };
}

function plan(edit: Edit, place: Stretch, target: Target): readonly TextEdit[] | null {
  switch (edit.kind) {
    case 'replace-value':
      return planReplacement(place, edit.value, target);
    case 'remove':
      return planRemoval(place, target);
    case 'add-argument':
      if (target.language !== 'python') return null;
      return addArgument(target.text, place, edit, findTrivia(target.text, 'python'));
    case 'add-key':
      return planKey(place, edit, target);
  }
}

function planReplacement(at: Stretch, value: Scalar, { text, language }: Target): readonly TextEdit[] | null {
  const old = text.slice(at.start, at.end);
  if (language !== 'python' && isCollection(text, at)) return null;
  const spelled = spell(value, { language, old, inFlow: isInFlow(text, at, language), quote: usualQuote(text) });
  if (spelled === null || /\n/.test(spelled)) return null;
  if (old === '') return language === 'yaml' ? fillIn(text, at, spelled) : null;
  const touches = /\w/.test(text[at.start - 1] ?? '') || /\w/.test(text[at.end] ?? '');
  return touches ? null : [{ ...at, text: spelled }];
}

function isCollection(text: string, at: Stretch): boolean {
  return /^(?:[{[]|-\s)/.test(text.slice(at.start, at.end)) || (at.start < at.end && findKey(text, at.start) !== null);
}

/** A value for a YAML key or list item that has none: behind its colon or dash, or behind an anchor or tag there. */
function fillIn(text: string, at: Stretch, spelled: string): readonly TextEdit[] | null {
  const line = text.slice(0, at.start).slice(-1_000);
  const opensValue = /[:-]$|[:-]\s+(?:[&!]\S*\s*)+$/.test(line);
  const isFree = /^(?:\s|[,}\]]|$)/.test(text.slice(at.end, at.end + 1));
  return opensValue && isFree ? [{ ...at, text: ` ${spelled}` }] : null;
}

/** Quotes are cheap in a flow map, so a value that only seems to stand in one may be quoted for nothing. */
function isInFlow(text: string, at: Stretch, language: Language): boolean {
  if (language !== 'yaml') return false;
  const trivia = findTrivia(text, language);
  return /[,}\]]/.test(text[trivia.after(at.end)] ?? '');
}

function usualQuote(text: string): '"' | "'" {
  const count = (quote: string) => text.split(quote).length;
  return count("'") > count('"') ? "'" : '"';
}

function planRemoval(at: Stretch, { text, language }: Target): readonly TextEdit[] | null {
  const trivia = findTrivia(text, language);
  if (language !== 'yaml') return removeItem(text, at, trivia);
  const key = findKey(text, at.start);
  if (key === null || isReferredTo(text, at)) return null;
  return key.style === 'flow' ? removeItem(text, at, trivia) : removeBlockKey(text, at, key, trivia);
}

function planKey(
  after: Stretch,
  { key, value }: { key: string; value: Scalar },
  { text, language }: Target,
): readonly TextEdit[] | null {
  const trivia = findTrivia(text, language);
  const neighbour = language === 'yaml' ? findKey(text, after.start) : null;
  if (language === 'yaml' && (neighbour === null || neighbour.names.includes(key))) return null;
  const inFlow = neighbour?.style !== 'block';
  const surroundings = { language, inFlow, quote: '"' } as const;
  const written = text.slice(after.start, after.end);
  // A dict of Python, not the keyword argument of a call.
  if (language === 'python' && !/^[A-Za-z]{0,2}["']/.test(written)) return null;
  const name = spell(key, { ...surroundings, old: written });
  const constant = spell(value, { ...surroundings, old: '' });
  if (name === null || constant === null) return null;
  const line = `${name}${language === 'yaml' ? ': ' : colonOf(written)}${constant}`;
  return inFlow ? addItemBehind(text, after, line, trivia) : addBlockKey(text, after, line, trivia);
}

/** The colon of JSON with the blanks around it, as the key beside writes it. */
function colonOf(written: string): string {
  return /^"(?:[^"\\]|\\.)*"([ \t]*:[ \t]*)/.exec(written)?.[1] ?? ': ';
}
