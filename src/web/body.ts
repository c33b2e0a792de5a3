import type { IncomingMessage } from 'node:http';

/** GitHub sends 25 MiB at the most. */
const MOST_BYTES = 26 * 1024 * 1024;
/** What all bodies that are being received may take together. Usual deliveries are far below one MiB. */
const MOST_BYTES_AT_ONCE = 4 * MOST_BYTES;

export type Body =
  | { readonly state: 'read'; readonly bytes: Buffer }
  | { readonly state: 'too-large' }
  | { readonly state: 'busy' };

/** Reads bodies into memory, within bounds. */
export class BodyReader {
  #held = 0;

  /** Whoever has read must call `release` when the body is done with. Rejects where the sender goes away. */
  async read(request: IncomingMessage): Promise<Body> {
    if (Number(request.headers['content-length'] ?? 0) > MOST_BYTES) return { state: 'too-large' };
    const chunks: Buffer[] = [];
    let length = 0;
    try {
      // What is refused still gets an answer, for which the connection has to live.
      for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        length += chunk.length;
        this.#held += chunk.length;
        if (length > MOST_BYTES) return this.#refuse(length, 'too-large');
        if (this.#held > MOST_BYTES_AT_ONCE) return this.#refuse(length, 'busy');
        chunks.push(chunk);
      }
    } catch (error) {
      this.#held -= length;
      throw error;
    }
    return { state: 'read', bytes: Buffer.concat(chunks) };
  }

  release({ bytes }: { readonly bytes: Buffer }): void {
    this.#held -= bytes.length;
  }

  #refuse(length: number, state: 'too-large' | 'busy'): Body {
    this.#held -= length;
    return { state };
  }
}
