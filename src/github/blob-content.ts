import { createHash } from 'node:crypto';
import type { BlobContent } from '../model/change.js';
import type { BlobId } from '../model/identifiers.js';

/** Whether a content is the one that git calls by this id: what comes over the network is only believed then. */
export function isContentOf(id: BlobId, bytes: Uint8Array): boolean {
  const hash = createHash(id.length === 40 ? 'sha1' : 'sha256');
  return hash.update(`blob ${bytes.length}\0`).update(bytes).digest('hex') === id;
}

export function tooLarge(size: number, most: number): BlobContent {
  return { state: 'too-large', detail: `${size} bytes; at most ${most} are read` };
}

export function missing(detail: string): BlobContent {
  return { state: 'missing', detail };
}
