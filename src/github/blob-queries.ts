import { z } from 'zod';
import { HostError } from '../app/hosting.js';
import type { BlobId } from '../model/identifiers.js';
import type { RepositoryIdentity } from '../model/pull-request.js';
import { type Access, type QueryAnswer, query } from './access.js';
import { isContentOf } from './blob-content.js';
import { asking } from './host-errors.js';
import { addressOf } from './repository-address.js';

/** A blob, and the words by which GraphQL is asked for it. */
export interface BlobQuestion {
  readonly id: BlobId;
  /** `COMMIT:PATH`, for when GitHub does not find it by its id; null to ask by the id. */
  readonly expression: string | null;
  /** In bytes; null where it is not known. */
  readonly size: number | null;
}

export type BlobAnswer =
  | { readonly state: 'read'; readonly bytes: Uint8Array }
  /** Binary, cut off, in no encoding of GitHub's or not to be had by this way: another one gives it, if any does. */
  | { readonly state: 'elsewhere' }
  | { readonly state: 'unknown' };

/** What one query asks for. The bounds of GitHub are not published: these are a start, halved where it fails. */
const BATCH = { blobs: 50, bytes: 2 * 1024 * 1024 } as const;

/** Reads texts by queries of GraphQL, many with each. */
export class BlobQueries {
  readonly #access: Access;
  readonly #repository: RepositoryIdentity;
  #blobs: number = BATCH.blobs;
  #bytes: number = BATCH.bytes;

  constructor(access: Access, repository: RepositoryIdentity) {
    this.#access = access;
    this.#repository = repository;
  }

  /** One answer for each question. `extras` are answered as far as there is room beside the questions. */
  async ask(
    questions: readonly BlobQuestion[],
    extras: readonly BlobQuestion[],
  ): Promise<ReadonlyMap<BlobId, BlobAnswer>> {
    const answers = new Map<BlobId, BlobAnswer>();
    let open = questions;
    for (;;) {
      open = open.filter(({ id }) => !answers.has(id));
      if (open.length === 0) return answers;
      const batch = this.#batchOf(open);
      const room = batch.length === open.length ? [...open, ...extras.filter(({ id }) => !answers.has(id))] : open;
      await this.#askBatch(this.#batchOf(room), answers);
    }
  }

  /** The next questions, at least one. */
  #batchOf(questions: readonly BlobQuestion[]): readonly BlobQuestion[] {
    let bytes = 0;
    const end = questions.findIndex(({ size }, at) => {
      bytes += size ?? 0;
      return at > 0 && (at >= this.#blobs || bytes > this.#bytes);
    });
    return end === -1 ? questions : questions.slice(0, end);
  }

  async #askBatch(batch: readonly BlobQuestion[], answers: Map<BlobId, BlobAnswer>): Promise<void> {
    const read = await this.#send(batch);
    if (read !== null) for (const [id, answer] of read) answers.set(id, answer);
    if (batch.every(({ id }) => answers.has(id))) return;
    if (batch.length === 1 && batch[0] !== undefined) answers.set(batch[0].id, { state: 'elsewhere' });
    this.#blobs = Math.max(1, Math.floor(batch.length / 2));
    this.#bytes = Math.max(1, Math.floor(this.#bytes / 2));
  }

  /** Null where there was no answer; without those that an error stands in the place of. */
  async #send(batch: readonly BlobQuestion[]): Promise<ReadonlyMap<BlobId, BlobAnswer> | null> {
    const { signal } = this.#access;
    const { owner, repo } = addressOf(this.#repository);
    const variables = Object.fromEntries(batch.map(({ id, expression }, at) => [`b${at}`, expression ?? id]));
    try {
      const options = { once: batch.length > 1 };
      const answer = await asking(signal, () =>
        query(this.#access, queryOf(batch), { owner, name: repo, ...variables }, options),
      );
      return answersIn(answer, batch, this.#repository);
    } catch (error) {
      if (error instanceof HostError && error.code === 'unavailable') return null;
      throw error;
    }
  }
}

function queryOf(batch: readonly BlobQuestion[]): string {
  const variables = batch.map(({ expression }, at) => `$b${at}: ${expression === null ? 'GitObjectID' : 'String'}`);
  const objects = batch.map(({ expression }, at) => {
    const by = expression === null ? 'oid' : 'expression';
    return `b${at}: object(${by}: $b${at}) { ... on Blob { oid byteSize isBinary isTruncated text } }`;
  });
  return `query ($owner: String!, $name: String!, ${variables.join(', ')}) {
    repository(owner: $owner, name: $name) { ${objects.join(' ')} }
  }`;
}

const BLOB = z.object({
  oid: z.string(),
  isBinary: z.boolean().nullable(),
  isTruncated: z.boolean(),
  text: z.string().nullable(),
});

const BLOBS = z.object({ repository: z.record(z.string(), z.unknown()).nullable() });

function answersIn(
  { data, errors }: QueryAnswer,
  batch: readonly BlobQuestion[],
  { owner, name }: RepositoryIdentity,
): ReadonlyMap<BlobId, BlobAnswer> | null {
  const read = BLOBS.safeParse(data).data;
  if (read === undefined) return null;
  if (read.repository === null) {
    if (errors.some(({ type }) => type === 'NOT_FOUND')) throw gone(owner, name);
    return null;
  }
  const answers = new Map<BlobId, BlobAnswer>();
  for (const [at, { id }] of batch.entries()) {
    const object = read.repository[`b${at}`];
    if (object !== null && object !== undefined) answers.set(id, answerOf(id, object));
    // Where there are errors, what is missing may be missing because of one.
    else if (errors.length === 0) answers.set(id, { state: 'unknown' });
  }
  return answers;
}

function answerOf(id: BlobId, object: unknown): BlobAnswer {
  const blob = BLOB.safeParse(object).data;
  if (blob === undefined || blob.oid !== id) return { state: 'unknown' };
  if (blob.text === null || blob.isTruncated || blob.isBinary === true) return { state: 'elsewhere' };
  const bytes = Buffer.from(blob.text);
  // What is not UTF-8 comes with marks in place of its bytes.
  return isContentOf(id, bytes) ? { state: 'read', bytes } : { state: 'elsewhere' };
}

function gone(owner: string, name: string): HostError {
  return new HostError({
    code: 'gone',
    message: `GitHub shows no repository ${owner}/${name}.`,
    advice: 'Nothing to do if it was deleted or taken from the App. Otherwise an owner can give the App access to it.',
  });
}
