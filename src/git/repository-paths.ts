import { type RepoPath, repoPath } from '../model/identifiers.js';

/**
 * A path as git stores it, or null where it cannot be addressed: git allows any bytes, while reports and code hosts
 * need UTF-8.
 */
export function pathOf(bytes: Uint8Array): RepoPath | null {
  try {
    return repoPath(DECODER.decode(bytes));
  } catch {
    return null;
  }
}

/** The parts of an output that ends each of them with a NUL byte. */
export function* splitAtNul(output: Buffer): Generator<Buffer> {
  let start = 0;
  for (let end = output.indexOf(0); end !== -1; end = output.indexOf(0, start)) {
    yield output.subarray(start, end);
    start = end + 1;
  }
}

// A leading byte order mark is part of a file's name.
const DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
