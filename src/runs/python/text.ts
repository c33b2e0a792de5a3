import type { Scalar } from '../../model/expression.js';

/**
 * How Python writes a constant into a text. Null for what is written in another way than it stands in the source:
 * whether a number was `1` or `1.0` is not kept, and `1e22` is written with all its digits or not.
 */
export function pythonText(value: Scalar): string | null {
  if (value === null) return 'None';
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Number.isSafeInteger(value)) return String(value);
  const size = Math.abs(value);
  if (!Number.isFinite(value) || size >= 1e16) return null;
  // JavaScript writes out what lies above 1e-6, Python what lies above 1e-4.
  return size >= 1e-4 ? String(value) : value.toExponential().replace(/e-(\d)$/, 'e-0$1');
}

/** `os.path.join`: one slash between the parts, and a part from the root on begins anew. */
export function joinedPath(parts: readonly string[]): string {
  return parts.reduce((path, part) => {
    if (path === '' || part.startsWith('/')) return part;
    return path.endsWith('/') ? `${path}${part}` : `${path}/${part}`;
  }, '');
}

/** `os.path.dirname`: what stands before the last slash. */
export function folderPart(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash === -1 ? '' : path.slice(0, Math.max(1, slash)).replace(/(.)\/+$/, '$1');
}

/** `"{}/{name}".format(…)` with texts; null where a field is more than a position or a name, or has no value. */
export function filledText(
  format: string,
  positional: readonly string[],
  named: ReadonlyMap<string, string>,
): string | null {
  let next = 0;
  let complete = true;
  const text = format.replace(FIELD, (field) => {
    if (field === '{{' || field === '}}') return field.charAt(0);
    const name = field.slice(1, -1);
    const value = name === '' ? positional[next++] : /^\d+$/.test(name) ? positional[Number(name)] : named.get(name);
    complete &&= value !== undefined;
    return value ?? '';
  });
  return complete ? text : null;
}

const FIELD = /\{\{|\}\}|\{[^{}]*\}/g;
