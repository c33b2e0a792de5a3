import { describe, expect, it } from '@jest/globals';
import { decodeSource, extractFacts } from '../../src/frontends/all.js';
import type { FrontEnd } from '../../src/frontends/frontend.js';
import { DEFAULT_BOUNDS } from '../../src/model/bounds.js';
import type { Fact, PartialReading } from '../../src/model/fact.js';
import { lineNumber, repoPath } from '../../src/model/identifiers.js';

const PATH = repoPath('train.py');

/** Gives back the text it was handed as its only fact. */
function frontEnd(changes: Partial<FrontEnd> = {}): FrontEnd {
  return {
    id: 'python',
    version: 1,
    claims: (path) => path.endsWith('.py'),
    extract: ({ text }) => ({ facts: [text as unknown as Fact], partial: null }),
    ...changes,
  };
}

function partial(reason: PartialReading['reason'], line: number | null = null): PartialReading {
  return { reason, line: line === null ? null : lineNumber(line), detail: null };
}

const POINTER = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n';

describe('decoding', () => {
  it.each<[string, Uint8Array, string, PartialReading | null]>([
    ['text as it stands', Buffer.from('é\r\n模\n'), 'é\r\n模\n', null],
    ['a text without its byte order mark', Buffer.from('\ufeffx = 1\n'), 'x = 1\n', null],
    ['only the first byte order mark away', Buffer.from('\ufeff\ufeffx'), '\ufeffx', null],
    ['nothing', Buffer.alloc(0), '', null],
    ['a replacement character that is in the text', Buffer.from('a\ufffd'), 'a\ufffd', null],
    ['bytes that are not UTF-8', Buffer.from('a\nb\xe9c\nd\n', 'latin1'), 'a\nb\ufffdc\nd\n', partial('not-utf8', 2)],
    ['a character cut off at the end', Buffer.from('a\né').subarray(0, 3), 'a\n\ufffd', partial('not-utf8', 2)],
    ['no binary file', Buffer.from('a\0b'), '', partial('binary')],
    ['no text in UTF-16', Buffer.from('\ufeffab', 'utf16le'), '', partial('binary')],
    ['a NUL beyond where git looks for one', Buffer.from(`${'x'.repeat(8_000)}\0`), `${'x'.repeat(8_000)}\0`, null],
    [
      'a pointer of git LFS',
      Buffer.from(POINTER),
      POINTER,
      { reason: 'lfs-pointer', line: null, detail: '12345 bytes in git LFS' },
    ],
    ['a text that speaks of git LFS', Buffer.from(`# ${POINTER}`), `# ${POINTER}`, null],
  ])('gives %s', (_, bytes, text, reason) => {
    expect(decodeSource(bytes)).toEqual({ text, partial: reason });
  });
});

describe('extraction', () => {
  it('puts together what every claiming front-end finds, with the first reason', () => {
    const first = frontEnd();
    const other = frontEnd({ claims: () => false, extract: () => ({ facts: [], partial: partial('too-deep') }) });
    const second = frontEnd({
      extract: () => ({ facts: ['more' as unknown as Fact], partial: partial('syntax-error', 3) }),
    });
    const third = frontEnd({ extract: () => ({ facts: [], partial: partial('too-deep') }) });

    const read = extractFacts(
      [first, other, second, third],
      { path: PATH, bytes: Buffer.from('text') },
      DEFAULT_BOUNDS,
    );

    expect(read).toEqual({ facts: ['text', 'more'], partial: partial('syntax-error', 3) });
  });

  it('keeps the facts of a text that is not all UTF-8', () => {
    const read = extractFacts([frontEnd()], { path: PATH, bytes: Buffer.from('a\xff', 'latin1') }, DEFAULT_BOUNDS);

    expect(read).toEqual({ facts: ['a\ufffd'], partial: partial('not-utf8', 1) });
  });

  it.each([
    ['binary', Buffer.from('\0')],
    ['lfs-pointer', Buffer.from(POINTER)],
  ])('reads nothing of a file that is %s', (reason, bytes) => {
    const read = extractFacts([frontEnd()], { path: PATH, bytes }, DEFAULT_BOUNDS);

    expect([read.facts, read.partial?.reason]).toEqual([[], reason]);
  });

  it('reads up to the bound on size, and says by how much a file passes it', () => {
    const bounds = { ...DEFAULT_BOUNDS, sourceFileBytes: 4 };

    expect(extractFacts([frontEnd()], { path: PATH, bytes: Buffer.from('1234') }, bounds).facts).toEqual(['1234']);
    expect(extractFacts([frontEnd()], { path: PATH, bytes: Buffer.from('12345') }, bounds)).toEqual({
      facts: [],
      partial: { reason: 'too-large', line: null, detail: '5 bytes; at most 4 are read' },
    });
  });

  it('has nothing to say of a file that no front-end claims, whatever its size', () => {
    const bounds = { ...DEFAULT_BOUNDS, sourceFileBytes: 0 };
    const source = { path: repoPath('a.bin'), bytes: Buffer.from('\0') };

    expect(extractFacts([frontEnd()], source, bounds)).toEqual({ facts: [], partial: null });
  });

  it('outlives a front-end that crashes, and shows neither its source nor a token', () => {
    const token = `hf_${'a'.repeat(30)}`;
    const crash = frontEnd({
      extract: () => {
        throw new TypeError(`bad ${token}\n  line of source`);
      },
    });

    const read = extractFacts([crash, frontEnd()], { path: PATH, bytes: Buffer.from('text') }, DEFAULT_BOUNDS);

    expect(read).toEqual({
      facts: ['text'],
      partial: { reason: 'crashed', line: null, detail: 'python: TypeError: bad <masked Hugging Face token>' },
    });
  });
});
