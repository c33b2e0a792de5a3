import type { BlobContent } from '../model/change.js';
import type { BlobId } from '../model/identifiers.js';
import type { ObjectView } from './object-view.js';

/** Sizes in bytes of the blobs that are here; the others are not in the map. */
export async function blobSizes(view: ObjectView, ids: Iterable<BlobId>): Promise<ReadonlyMap<BlobId, number>> {
  const wanted = [...new Set(ids)];
  const sizes = new Map<BlobId, number>();
  if (wanted.length === 0) return sizes;
  const { output } = await view.run(['cat-file', '--batch-check', '--buffer'], { input: `${wanted.join('\n')}\n` });
  for (const line of output.toString('latin1').split('\n')) {
    const [id = '', type, size] = line.split(' ');
    if (type === 'blob') sizes.set(id as BlobId, Number(size));
  }
  return sizes;
}

/** Contents of blobs up to a size. Larger ones are never read, missing ones never fetched. */
export async function readBlobs(
  view: ObjectView,
  ids: Iterable<BlobId>,
  maximumBytes: number,
): Promise<ReadonlyMap<BlobId, BlobContent>> {
  const wanted = [...new Set(ids)];
  const sizes = await blobSizes(view, wanted);
  const contents = new Map<BlobId, BlobContent>();
  for (const id of wanted) {
    const size = sizes.get(id);
    if (size === undefined) contents.set(id, MISSING);
    else if (size > maximumBytes) contents.set(id, tooLarge(size, maximumBytes));
  }
  await readContents(
    view,
    wanted.filter((id) => !contents.has(id)),
    contents,
  );
  return contents;
}

export function tooLarge(size: number, maximumBytes: number): BlobContent {
  return { state: 'too-large', detail: `${size} bytes; at most ${maximumBytes} are read` };
}

const MISSING: BlobContent = {
  state: 'missing',
  detail: 'the content is not in this clone; `git fetch --refetch` without a filter brings it',
};

async function readContents(
  view: ObjectView,
  ids: readonly BlobId[],
  contents: Map<BlobId, BlobContent>,
): Promise<void> {
  let pending = ids;
  while (pending.length > 0) {
    const reader = new BatchReader((id, bytes) => contents.set(id, { state: 'read', bytes }));
    const answer = await view.run(['cat-file', '--batch', '--buffer'], {
      input: `${pending.join('\n')}\n`,
      onOutput: (chunk) => reader.push(chunk),
    });
    pending = pending.filter((id) => !contents.has(id));
    const [failed, ...rest] = pending;
    if (failed === undefined) return;
    // Git ends at an object it cannot unpack. What comes after it may be sound.
    contents.set(failed, { state: 'missing', detail: answer.complaint.split('\n')[0] || 'the object is damaged' });
    pending = rest;
  }
}

/** Takes the output of `cat-file --batch` apart: a line that announces a size, that many bytes, a line end. */
class BatchReader {
  readonly #found: (id: BlobId, bytes: Uint8Array) => void;
  #header = '';
  #id = '' as BlobId;
  #body: Buffer | null = null;
  #filled = 0;

  constructor(found: (id: BlobId, bytes: Uint8Array) => void) {
    this.#found = found;
  }

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) at = this.#body === null ? this.#readHeader(chunk, at) : this.#readBody(chunk, at);
  }

  #readHeader(chunk: Buffer, start: number): number {
    const end = chunk.indexOf(0x0a, start);
    this.#header += chunk.toString('latin1', start, end === -1 ? chunk.length : end);
    if (end === -1) return chunk.length;
    const [id = '', type, size] = this.#header.split(' ');
    this.#header = '';
    if (type === 'blob') {
      this.#id = id as BlobId;
      // One more for the line end that follows the content.
      this.#body = Buffer.allocUnsafeSlow(Number(size) + 1);
      this.#filled = 0;
    }
    return end + 1;
  }

  #readBody(chunk: Buffer, start: number): number {
    const body = this.#body as Buffer;
    const copied = chunk.copy(body, this.#filled, start);
    this.#filled += copied;
    if (this.#filled === body.length) {
      this.#found(this.#id, body.subarray(0, body.length - 1));
      this.#body = null;
    }
    return start + copied;
  }
}
