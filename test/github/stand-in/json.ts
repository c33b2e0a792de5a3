const MARK = '\u0001number:';
const MARKED = /"\\u0001number:(\d+)"/g;

/** JSON, with numbers that do not fit into those of JavaScript written in full. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, it) => (typeof it === 'bigint' ? `${MARK}${it}` : it)).replaceAll(MARKED, '$1');
}
