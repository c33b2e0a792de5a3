import { isUtf8 } from 'node:buffer';
import { type Bounds, mostBytes } from '../model/bounds.js';
import type { FileFacts, PartialReading, SecretFact } from '../model/fact.js';
import { type LineNumber, lineNumber, type RepoPath } from '../model/identifiers.js';
import { isNotebook } from '../model/notebook-path.js';
import { findSecrets, maskSecrets, secretTraces, type WrittenSecret } from '../model/secrets.js';
import { cellAt, readNotebook } from '../notebooks/notebook.js';
import { createConfigFrontEnd } from './config/front-end.js';
import type { FrontEnd, Source } from './frontend.js';
import { createNotebookFrontEnd } from './notebook/front-end.js';
import { LineIndex } from './places.js';
import { createPythonFrontEnd } from './python/front-end.js';
import { createRequirementsFrontEnd } from './requirements/front-end.js';
import { createShellFrontEnd } from './shell/front-end.js';

/** Every front-end, with its grammar loaded. The order decides in which order the facts of one file come. */
export async function loadFrontEnds(): Promise<readonly FrontEnd[]> {
  const frontEnds: FrontEnd[] = [];
  // One by one: loads that overlap would each start a tree-sitter of their own, and their parsers would not mix.
  for (const create of FRONT_ENDS) frontEnds.push(await create());
  return frontEnds;
}

const FRONT_ENDS = [
  createPythonFrontEnd,
  createConfigFrontEnd,
  createShellFrontEnd,
  createRequirementsFrontEnd,
  createNotebookFrontEnd,
] as const;

/** What a front-end is given, before it is text. */
export interface SourceBytes {
  readonly path: RepoPath;
  readonly bytes: Uint8Array;
}

/**
 * The facts of one file from every front-end that claims its path. Never throws: what stopped the reading is told in
 * `partial`, the first reason where there are several.
 */
export function extractFacts(frontEnds: readonly FrontEnd[], source: SourceBytes, bounds: Bounds): FileFacts {
  const { path, bytes } = source;
  const claiming = frontEnds.filter((frontEnd) => frontEnd.claims(path));
  if (claiming.length === 0) return { facts: [], partial: null };
  const most = mostBytes(path, bounds);
  if (bytes.length > most) return unread('too-large', `${bytes.length} bytes; at most ${most} are read`);
  const { text, partial } = decodeSource(bytes);
  if (partial?.reason === 'binary' || partial?.reason === 'lfs-pointer') return { facts: [], partial };
  const read = { path, text, secrets: secretTraces(text) };
  const readings = claiming.map((frontEnd) => extractSafely(frontEnd, read, bounds));
  return {
    facts: [...readings.flatMap((reading) => reading.facts), ...secretFacts(read, bounds)],
    partial: partial ?? readings.find((reading) => reading.partial !== null)?.partial ?? null,
  };
}

/** A file's text, and why it may not be all of the file. */
export interface DecodedSource {
  readonly text: string;
  readonly partial: PartialReading | null;
}

/**
 * The text that every place of a file is counted in. A byte order mark is no part of it. Bytes that are not UTF-8 become
 * U+FFFD, which leaves lines as they were; such a text must not be written back. Binary files have no text, and a
 * pointer of git LFS is given as it stands.
 */
export function decodeSource(bytes: Uint8Array): DecodedSource {
  // Git's own rule for what is binary.
  if (bytes.subarray(0, 8_000).includes(0)) return { text: '', partial: partialReading('binary') };
  const text = new TextDecoder('utf-8').decode(bytes);
  if (LFS_POINTER.test(text)) return { text, partial: partialReading('lfs-pointer', lfsSize(text)) };
  return { text, partial: isUtf8(bytes) ? null : partialReading('not-utf8', null, firstLineNotUtf8(bytes)) };
}

/** https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md; the second address is that of early versions. */
const LFS_POINTER = /^version https:\/\/(?:git-lfs\.github\.com|hawser\.github\.com)\/spec\/v\d+\r?\n/;

function lfsSize(text: string): string | null {
  const size = /^size (\d+)\r?$/m.exec(text)?.[1];
  return size === undefined ? null : `${size} bytes in git LFS`;
}

function firstLineNotUtf8(bytes: Uint8Array): LineNumber {
  // No character of UTF-8 but the line end itself holds the byte of a line end, so lines can be judged alone.
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(0x0a, start);
    const next = end === -1 ? bytes.length : end + 1;
    if (!isUtf8(bytes.subarray(start, next))) break;
    start = next;
  }
  return lineNumber(line);
}

/** Secrets are told of the text itself, whatever its language: a comment leaks as a value does. */
function secretFacts(source: Required<Source>, bounds: Bounds): SecretFact[] {
  const { path, text } = source;
  // Larger than any source is only a notebook with its outputs.
  const secrets = text.length > bounds.sourceFileBytes ? [] : inCode(source, findSecrets(text, path, source.secrets));
  if (secrets.length === 0) return [];
  const lines = new LineIndex(text);
  return secrets.map(({ vendor, start, end }) => ({ kind: 'secret', vendor, place: lines.place(start, end) }));
}

/** What a notebook printed is dropped, as it is everywhere else. */
function inCode({ path, text }: Source, secrets: readonly WrittenSecret[]): readonly WrittenSecret[] {
  if (secrets.length === 0 || !isNotebook(path)) return secrets;
  const notebook = readNotebook(text);
  return 'fault' in notebook ? [] : secrets.filter(({ start }) => cellAt(notebook, start) !== null);
}

function extractSafely(frontEnd: FrontEnd, source: Source, bounds: Bounds): FileFacts {
  try {
    return frontEnd.extract(source, bounds);
  } catch (error) {
    return unread('crashed', `${frontEnd.id}: ${describeCrash(error)}`);
  }
}

/** One short line, since a parser may quote the source in what follows. */
function describeCrash(error: unknown): string {
  const line = String(error).split('\n', 1)[0] ?? '';
  return maskSecrets(line).slice(0, 200);
}

function unread(reason: PartialReading['reason'], detail: string): FileFacts {
  return { facts: [], partial: partialReading(reason, detail) };
}

function partialReading(
  reason: PartialReading['reason'],
  detail: string | null = null,
  line: LineNumber | null = null,
): PartialReading {
  return { reason, line, detail };
}
