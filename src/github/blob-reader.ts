import pLimit from 'p-limit';
import type { Log } from '../app/log.js';
import type { BlobContent, TreeListing } from '../model/change.js';
import type { BlobId, CommitSha, RepoPath } from '../model/identifiers.js';
import type { RepositoryIdentity } from '../model/pull-request.js';
import type { Access } from './access.js';
import { readArchive } from './archive.js';
import { isContentOf, missing, tooLarge } from './blob-content.js';
import { BlobQueries, type BlobQuestion } from './blob-queries.js';
import { asking, statusOf } from './host-errors.js';
import { addressOf } from './repository-address.js';

export interface BlobReaderOptions {
  readonly access: Access;
  readonly repository: RepositoryIdentity;
  /** The trees that the blobs are of. An archive is fetched of the first. */
  readonly trees: readonly [TreeListing, ...TreeListing[]];
  /** Larger contents are not read. */
  readonly blobBytes: number;
  readonly log: Log;
}

/** With fewer missing blobs than these, a few queries cost less than an archive of the whole repository. */
const ARCHIVE_FROM = 151;
/** What is held until the reader is closed. */
const HELD_BYTES = 96 * 1024 * 1024;
/** Blobs that take a request each: beyond, they are listed as not read. */
const MOST_SINGLE_REQUESTS = 200;
const SINGLE_REQUESTS_AT_ONCE = 4;

/** Where a blob lies in one of the trees. */
interface BlobPlace {
  readonly commit: CommitSha;
  readonly path: RepoPath;
  readonly size: number | null;
}

/**
 * Reads blobs with as few requests as it can: an archive where many are missing, else queries that name many each, and
 * one by one what these do not give. What was read is held, since it may be asked for again.
 */
export class BlobReader {
  readonly #options: BlobReaderOptions;
  readonly #places: ReadonlyMap<BlobId, BlobPlace>;
  readonly #queries: BlobQueries;
  readonly #held = new Map<BlobId, BlobContent>();
  #heldBytes = 0;
  readonly #announced = new Set<BlobId>();
  readonly #companions = new Set<BlobId>();
  #archiveTried = false;
  readonly #oneByOne = pLimit(SINGLE_REQUESTS_AT_ONCE);
  #singleRequests = 0;

  constructor(options: BlobReaderOptions) {
    this.#options = options;
    this.#places = placesIn(options.trees);
    this.#queries = new BlobQueries(options.access, options.repository);
  }

  /** What will be asked for: all of it decides which way is taken. */
  announce(ids: Iterable<BlobId>): void {
    for (const id of ids) this.#announced.add(id);
  }

  /** What may be asked for: it is read where that costs no request of its own. */
  accompany(ids: Iterable<BlobId>): void {
    for (const id of ids) this.#companions.add(id);
  }

  async read(ids: readonly BlobId[]): Promise<ReadonlyMap<BlobId, BlobContent>> {
    const wanted = [...new Set(ids)];
    const contents = new Map<BlobId, BlobContent>();
    const take = () => {
      for (const id of wanted) {
        const content = this.#held.get(id) ?? this.#beyondBound(id);
        if (content !== null) contents.set(id, content);
      }
    };
    take();
    if (contents.size === wanted.length) return contents;
    await this.#tryArchive(wanted);
    take();
    await this.#query(
      wanted.filter((id) => !contents.has(id)),
      contents,
    );
    return contents;
  }

  close(): void {
    this.#held.clear();
  }

  #beyondBound(id: BlobId): BlobContent | null {
    const size = this.#places.get(id)?.size ?? 0;
    return size > this.#options.blobBytes ? tooLarge(size, this.#options.blobBytes) : null;
  }

  #hold(id: BlobId, content: BlobContent): boolean {
    const size = content.state === 'read' ? content.bytes.length : 0;
    if (this.#heldBytes + size > HELD_BYTES) return false;
    this.#heldBytes += size;
    this.#held.set(id, content);
    return true;
  }

  #isMissing(id: BlobId): boolean {
    return !this.#held.has(id) && this.#beyondBound(id) === null;
  }

  async #tryArchive(wanted: readonly BlobId[]): Promise<void> {
    if (this.#archiveTried) return;
    const { access, repository, trees, blobBytes, log } = this.#options;
    const [{ commit, files }] = trees;
    const asked = new Set([...wanted, ...this.#announced].filter((id) => this.#isMissing(id)));
    const missing = [...files].filter(([, { blob, kind }]) => kind === 'file' && this.#isMissing(blob));
    const lacking = missing.filter(([, { blob }]) => asked.has(blob));
    if (new Set(lacking.map(([, { blob }]) => blob)).size < ARCHIVE_FROM) return;
    const later = missing.filter(([, { blob }]) => this.#companions.has(blob));
    const byPath = new Map([...lacking, ...later].map(([path, { blob }]) => [path, blob]));
    this.#archiveTried = true;
    const take = (id: BlobId, bytes: Uint8Array) => this.#hold(id, { state: 'read', bytes });
    try {
      await readArchive({ access, repository, commit, wanted: byPath, fileBytes: blobBytes, take });
    } catch (error) {
      access.signal.throwIfAborted();
      // Its words may quote the address, which holds a permission.
      log.warn({ failure: error instanceof Error ? error.name : typeof error }, 'archive not read; asking for files');
    }
  }

  async #query(ids: readonly BlobId[], contents: Map<BlobId, BlobContent>): Promise<void> {
    if (ids.length === 0) return;
    const asked = new Set(ids);
    const later = new Set([...this.#announced, ...this.#companions]);
    const extras = [...later].filter((id) => this.#isMissing(id) && !asked.has(id));
    const byId = await this.#queries.ask(
      ids.map((id) => this.#question(id, false)),
      extras.map((id) => this.#question(id, false)),
    );
    const unknown = ids.filter((id) => byId.get(id)?.state === 'unknown' && this.#places.has(id));
    const byPath = await this.#queries.ask(
      unknown.map((id) => this.#question(id, true)),
      [],
    );
    for (const [id, answer] of [...byId, ...byPath]) {
      if (answer.state === 'read') this.#keep(id, { state: 'read', bytes: answer.bytes }, contents);
    }
    const rest = ids.filter((id) => !contents.has(id));
    await Promise.all(rest.map((id) => this.#oneByOne(async () => this.#keep(id, await this.#readOne(id), contents))));
  }

  #keep(id: BlobId, content: BlobContent, contents: Map<BlobId, BlobContent>): void {
    this.#hold(id, content);
    contents.set(id, content);
  }

  #question(id: BlobId, byPath: boolean): BlobQuestion {
    const place = this.#places.get(id);
    const expression = byPath && place !== undefined ? `${place.commit}:${place.path}` : null;
    return { id, expression, size: place?.size ?? null };
  }

  async #readOne(id: BlobId): Promise<BlobContent> {
    this.#singleRequests += 1;
    if (this.#singleRequests > MOST_SINGLE_REQUESTS) {
      return missing(`over ${MOST_SINGLE_REQUESTS} files of this review take a request each`);
    }
    const { access, repository, blobBytes } = this.#options;
    const answer = await asking(access.signal, () =>
      access.client.rest.git.getBlob({ ...addressOf(repository), file_sha: id }).catch((error) => {
        const status = statusOf(error);
        if (status === 404 || status === 422) return null;
        throw error;
      }),
    );
    if (answer === null) return missing('GitHub does not have this content');
    const bytes = Buffer.from(answer.data.content, 'base64');
    if (bytes.length > blobBytes) return tooLarge(bytes.length, blobBytes);
    return isContentOf(id, bytes)
      ? { state: 'read', bytes }
      : missing("GitHub's answer is not the content of the tree");
  }
}

function placesIn(trees: readonly TreeListing[]): ReadonlyMap<BlobId, BlobPlace> {
  const places = new Map<BlobId, BlobPlace>();
  for (const { commit, files } of trees) {
    for (const [path, { blob, size, kind }] of files) {
      if (kind !== 'submodule' && !places.has(blob)) places.set(blob, { commit, path, size });
    }
  }
  return places;
}
