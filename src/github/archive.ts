import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import type { BlobId, CommitSha, RepoPath } from '../model/identifiers.js';
import type { RepositoryIdentity } from '../model/pull-request.js';
import type { Access } from './access.js';
import { isContentOf } from './blob-content.js';
import { addressOf } from './repository-address.js';
import { pathOf } from './tree-listing.js';

export interface ArchiveOptions {
  readonly access: Access;
  readonly repository: RepositoryIdentity;
  readonly commit: CommitSha;
  readonly wanted: ReadonlyMap<RepoPath, BlobId>;
  /** Larger files are passed over. */
  readonly fileBytes: number;
  /** Takes a content that is sound; false when it takes no more. */
  readonly take: (id: BlobId, bytes: Uint8Array) => boolean;
}

/** The archive as a whole, unpacked: what comes after is left to other ways. */
const ARCHIVE_BYTES = 2 * 1024 * 1024 * 1024;
const ARCHIVE_MILLISECONDS = 120_000;
const MOST_REDIRECTS = 3;

/**
 * Reads files of a commit out of its archive, with one request however many they are. An archive is not trusted: it
 * leaves out files and fills in words as `.gitattributes` says, and may hold what a pointer of git LFS points to. A
 * file whose content is not the one that the tree names is passed over.
 */
export async function readArchive(options: ArchiveOptions): Promise<void> {
  const { access } = options;
  const signal = AbortSignal.any([access.signal, AbortSignal.timeout(ARCHIVE_MILLISECONDS)]);
  const body = await download(await archiveAddress(options), signal);
  const enough = new AbortController();
  const files = extract();
  const read = pipeline(Readable.fromWeb(body), createGunzip(), bounded(ARCHIVE_BYTES), files, {
    signal: AbortSignal.any([signal, enough.signal]),
  });
  read.catch(() => {});
  await takeFiles(files, options);
  enough.abort();
  await read.catch((error) => {
    if (!enough.signal.aborted) throw error;
  });
}

/** The address holds its own permission and lives for minutes. It is asked for with our token, which goes no further. */
async function archiveAddress({ access, repository, commit }: ArchiveOptions): Promise<URL> {
  const request = { redirect: 'manual' as const };
  const answer = await access.client.rest.repos.downloadTarballArchive({
    ...addressOf(repository),
    ref: commit,
    request,
  });
  return new URL(answer.headers.location ?? '');
}

async function download(from: URL, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  let address = from;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    const answer = await fetch(address, { redirect: 'manual', signal });
    if (answer.ok && answer.body !== null) return answer.body as ReadableStream<Uint8Array>;
    const next = answer.headers.get('location');
    await answer.body?.cancel();
    if (next === null) throw new Error(`the archive was answered with ${answer.status}`);
    address = redirected(new URL(next, address), from);
  }
  throw new Error('the archive is redirected for ever');
}

function redirected(to: URL, from: URL): URL {
  if (to.protocol !== from.protocol) throw new Error('the archive is redirected to another protocol');
  return to;
}

function bounded(most: number): Transform {
  let length = 0;
  return new Transform({
    transform(chunk: Buffer, _, done) {
      length += chunk.length;
      if (length > most) done(new Error('the archive is larger than what is read of one'));
      else done(null, chunk);
    },
  });
}

async function takeFiles(
  files: ReturnType<typeof extract>,
  { wanted, fileBytes, take }: ArchiveOptions,
): Promise<void> {
  const open = new Map(wanted);
  for await (const entry of files) {
    const { name, type, size = 0 } = entry.header;
    // All is in one folder, named after the repository and the commit.
    const path = pathOf(name.slice(name.indexOf('/') + 1));
    const id = path === null || type !== 'file' || size > fileBytes ? undefined : open.get(path);
    if (path === null || id === undefined) {
      entry.resume();
      continue;
    }
    open.delete(path);
    const bytes = await contentOf(entry);
    if (isContentOf(id, bytes) && !take(id, bytes)) return;
    if (open.size === 0) return;
  }
}

async function contentOf(entry: AsyncIterable<unknown>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of entry) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}
