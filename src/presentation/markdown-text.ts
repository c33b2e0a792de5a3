import { showControls } from './lines.js';

/**
 * Text of a repository as it may stand in a sentence of Markdown: it reads as it is written, and nothing in it is
 * markup, HTML, a link, a mention of a person or a reference to an issue.
 */
export function prose(text: string): string {
  return escapeStart(escapeInline(oneLine(text)));
}

/** The same for a sentence in which `code` between backticks is meant to be code: the messages of rules. */
export function proseWithCode(text: string): string {
  const parts = oneLine(text).split(/`([^`]+)`/);
  return escapeStart(parts.map((part, index) => (index % 2 === 1 ? code(part) : escapeInline(part))).join(''));
}

/** Text of a repository as code in a sentence, where a code host looks for neither mentions nor references. */
export function code(text: string): string {
  const content = oneLine(text);
  if (content === '') return '';
  const mark = '`'.repeat(longestRun(content) + 1);
  const padding = content.startsWith('`') || content.endsWith('`') ? ' ' : '';
  return mark + padding + content + padding + mark;
}

/** Whole lines of code. The fence is longer than any run of backticks inside; null makes a fence without a line. */
export function fenced(language: string, text: string | null): string {
  const content = text === null ? null : shownLines(text);
  const fence = '`'.repeat(Math.max(3, longestRun(content ?? '') + 1));
  return [fence + language, ...(content === null ? [] : [content]), fence].join('\n');
}

/** Whether `fenced` shows a text exactly as it is: no controls, no marks that reverse a line, no lone surrogates. */
export function isShownAsIs(text: string): boolean {
  return shownLines(text) === text;
}

/** Text of a repository where a code host shows no Markdown, such as an annotation. */
export function unformatted(text: string): string {
  return deaden(showControls(text.replaceAll(/\s+/g, ' ').trim()), ZERO_WIDTH_SPACE);
}

/** As much of a text as fits into so many bytes of UTF-8, never with half a character at its end. */
export function clipBytes(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  const room = Buffer.from(text).subarray(0, Math.max(0, bytes - Buffer.byteLength(ELLIPSIS)));
  // A decoder in stream mode keeps back the bytes of a character that was cut.
  return new TextDecoder().decode(room, { stream: true }) + ELLIPSIS;
}

const ELLIPSIS = '…';
const ZERO_WIDTH_SPACE = '\u200b';
/** Characters of one stretch of repository text. A message has two sentences; what is longer is an attempt at something. */
const LONGEST = 600;

function oneLine(text: string): string {
  const shown = showControls(
    text
      .slice(0, LONGEST * 2)
      .replaceAll(/\s+/g, ' ')
      .trim(),
  );
  const characters = [...shown];
  return characters.length <= LONGEST ? shown : characters.slice(0, LONGEST - 1).join('') + ELLIPSIS;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

function escapeInline(text: string): string {
  const escaped = text.replaceAll(/[\\`*_[\]~|$&<>]/g, (mark) => ENTITIES[mark] ?? `\\${mark}`);
  return deaden(escaped, '&#8203;');
}

/**
 * A code host looks for mentions, references and addresses after Markdown is rendered, so no escape of Markdown stops
 * it. A character without a width between their parts does.
 */
function deaden(text: string, separator: string): string {
  return text.replaceAll(/@|#(?=\d)|(?<![a-z0-9])gh-(?=\d)|:(?=\/\/)|www(?=\.)/gi, `$&${separator}`);
}

/** What makes a heading, a list or a rule of a line, and what people start commands with. */
function escapeStart(text: string): string {
  return text.replace(/^[#+\-=/]/, '\\$&').replace(/^(\d+)([.)])/, '$1\\$2');
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}

function shownLines(text: string): string {
  return text.replaceAll(/[^\n\t]+/g, showControls);
}
