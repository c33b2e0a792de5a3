/** How a string token is written: the letters before its quotes, and the quotes. */
export interface StringShape {
  readonly raw: boolean;
  readonly bytes: boolean;
  readonly formatted: boolean;
  /** Where the content starts and ends, as offsets into the file. */
  readonly contentStart: number;
  readonly contentEnd: number;
}

export function stringShape(text: string, start: number, end: number): StringShape {
  let quote = start;
  while (text[quote] !== '"' && text[quote] !== "'" && quote < end) quote += 1;
  const mark = text.charAt(quote);
  const triple = text.startsWith(mark + mark + mark, quote) && end - quote >= 6;
  const width = triple ? 3 : 1;
  const prefix = quote === start ? '' : text.slice(start, quote).toLowerCase();
  // A string that the file ends in has no closing quotes.
  const closed = end - quote >= 2 * width && text.endsWith(mark, end);
  return {
    raw: prefix.includes('r'),
    bytes: prefix.includes('b'),
    formatted: prefix.includes('f') || prefix.includes('t'),
    contentStart: Math.min(quote + width, end),
    contentEnd: closed ? end - width : end,
  };
}

/** The characters a stretch of a string's content stands for. */
export function decodeContent(content: string, shape: StringShape): string {
  let decoded = content;
  if (shape.formatted && /[{}]/.test(decoded)) decoded = decoded.replaceAll('{{', '{').replaceAll('}}', '}');
  if (decoded.includes('\r')) decoded = decoded.replace(/\r\n?/g, '\n');
  if (shape.raw || !decoded.includes('\\')) return decoded;
  return decoded.replace(shape.bytes ? BYTE_ESCAPE : TEXT_ESCAPE, meaning);
}

const BYTE_ESCAPE = /\\(?:x[\da-fA-F]{2}|[0-7]{1,3}|[\s\S])/g;
const TEXT_ESCAPE = /\\(?:x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|[0-7]{1,3}|[\s\S])/g;

const SINGLE: ReadonlyMap<string, string> = new Map([
  ['\n', ''],
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
]);

function meaning(escaped: string): string {
  const rest = escaped.slice(1);
  const single = SINGLE.get(rest);
  if (single !== undefined) return single;
  if (/^[0-7]/.test(rest)) return String.fromCharCode(Number.parseInt(rest, 8));
  // Python keeps the backslash of an escape it does not know. `\N{…}` is kept too: the names are not at hand.
  if (rest.length === 1) return escaped;
  const code = Number.parseInt(rest.slice(1), 16);
  return code > 0x10ffff ? escaped : String.fromCodePoint(code);
}
