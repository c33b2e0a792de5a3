import type { TextEdit } from '../model/fix.js';
import { addItemBehind } from './separated-items.js';
import { pythonStrings, type Stretch, type Trivia } from './trivia.js';

/**
 * Writes a keyword argument behind the last one of a call. `brackets` reaches from the opening to the closing one.
 * Null where the call has the argument already, holds a bare generator, or is not what stands there.
 */
export function addArgument(
  text: string,
  brackets: Stretch,
  argument: { readonly name: string; readonly code: string },
  trivia: Trivia,
): readonly TextEdit[] | null {
  if (text[brackets.start] !== '(' || text[brackets.end - 1] !== ')' || argument.code.includes('\n')) return null;
  const inside = { start: brackets.start + 1, end: brackets.end - 1 };
  const items = splitItems(text, inside, trivia);
  if (items === null) return null;
  const added = `${argument.name}=${argument.code}`;
  const last = items.at(-1);
  if (last === undefined) return trivia.hasComment(inside) ? null : [{ ...inside, text: added }];
  const named = new RegExp(`^${argument.name}\\s*=(?!=)`);
  const taken = items.some(({ start, end }) => named.test(text.slice(start, end)));
  return taken || isGenerator(text, items) ? null : addItemBehind(text, last, added, trivia);
}

/** The stretches between commas, without blanks and comments around them. Null when the brackets do not match. */
function splitItems(text: string, inside: Stretch, trivia: Trivia): Stretch[] | null {
  const commas = topLevelCommas(text, inside, trivia);
  if (commas === null) return null;
  const bounds = [inside.start - 1, ...commas, inside.end];
  return bounds
    .slice(0, -1)
    .map((bound, index) => ({ start: trivia.after(bound + 1), end: trivia.before(bounds[index + 1] ?? 0) + 1 }))
    .filter(({ start, end }) => start < end);
}

function topLevelCommas(text: string, inside: Stretch, trivia: Trivia): number[] | null {
  const strings = new Map(pythonStrings(text).map(({ start, end }) => [start, end]));
  const commas: number[] = [];
  let depth = 0;
  for (let at = trivia.after(inside.start); at < inside.end; at = trivia.after(strings.get(at) ?? at + 1)) {
    const character = text.charAt(at);
    if ('([{'.includes(character)) depth++;
    if (')]}'.includes(character) && --depth < 0) return null;
    if (character === ',' && depth === 0) commas.push(at);
  }
  return depth === 0 ? commas : null;
}

/** `f(x for x in y)` may have no second argument; a `for` in brackets of its own does no harm. */
function isGenerator(text: string, [only, ...others]: readonly Stretch[]): boolean {
  if (only === undefined || others.length > 0) return false;
  const code = text.slice(only.start, only.end);
  return /\sfor\s/.test(code) && !/^\w+\s*=(?!=)|^["'[({]/.test(code);
}
