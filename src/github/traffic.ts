import { rateLimited } from './host-errors.js';
import { nextStep, type Sent } from './next-step.js';
import { type Pacing, type Time, untilAborted } from './pacing.js';
import { WriteLane } from './write-lane.js';

export type Fetch = (address: string, init: RequestInit) => Promise<Response>;

/** Hears of each request that was sent. The status is null where no answer came. */
export type OnRequest = (method: string, status: number | null) => void;

/**
 * All requests in the name of one installation, with GitHub's limits kept. What is asked to wait holds back the
 * installation's other requests too.
 *
 * Octokit's own plug-ins are not used for this: the one for limits keeps a pause between writes but lets them overlap,
 * counts every GraphQL query as a write, and knows a limit by its words alone; the one for retries sends a `POST` again
 * whose answer was lost, and neither can be interrupted while it waits.
 */
export class Traffic {
  readonly #pacing: Pacing;
  readonly #time: Time;
  readonly #onRequest: OnRequest;
  readonly #writes: WriteLane;
  #quietUntil = Number.NEGATIVE_INFINITY;

  constructor(pacing: Pacing, time: Time, onRequest: OnRequest = () => {}) {
    this.#pacing = pacing;
    this.#time = time;
    this.#onRequest = onRequest;
    this.#writes = new WriteLane(pacing, time);
  }

  /** A `fetch` for Octokit. `tries`: how often a request without an answer is sent, where that is less than usual. */
  fetchWith(signal: AbortSignal, tries = this.#pacing.tries): Fetch {
    return (address, init) => {
      const kind = kindOf(address, init);
      // A token serves all that is done for the installation, so that the end of one piece of work must not end it.
      const ender = kind === 'token' ? NEVER : signal;
      const send = () => this.#send(address, init, ender, kind === 'create' ? 1 : tries);
      return kind === 'create' || kind === 'write' ? this.#writes.run(ender, send) : send();
    };
  }

  async #send(address: string, init: RequestInit, signal: AbortSignal, tries: number): Promise<Response> {
    for (let tried = 1; ; tried += 1) {
      await this.#awaitQuiet(signal);
      const { sent, give } = await this.#sendOnce(address, init, signal);
      const repeatable = tried < tries;
      const step = nextStep(sent, { tried, repeatable, now: this.#time.now() }, this.#pacing);
      if (step.state === 'done') return give();
      if (step.state === 'again') {
        await this.#time.sleep(step.after, signal);
        continue;
      }
      this.#quietUntil = Math.max(this.#quietUntil, this.#time.now() + step.wait);
      if (!step.again) throw rateLimited(this.#quietUntil);
    }
  }

  async #awaitQuiet(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    for (let now = this.#time.now(); now < this.#quietUntil; now = this.#time.now()) {
      const wait = this.#quietUntil - now;
      if (wait > this.#pacing.longestWait) throw rateLimited(this.#quietUntil);
      await this.#time.sleep(wait, signal);
    }
  }

  /** The whole answer is read here, since an answer that breaks off is none. */
  async #sendOnce(address: string, init: RequestInit, signal: AbortSignal): Promise<Exchange> {
    const late = AbortSignal.timeout(this.#pacing.requestTime);
    // What is derived of a signal that lives on is held by it.
    const ended = signal === NEVER ? late : AbortSignal.any([signal, late]);
    try {
      const exchange = fetch(address, { ...init, signal: ended }).then(wholeAnswer);
      const whole = await untilAborted(exchange, signal);
      if (whole.sent.state === 'answered') this.#onRequest(methodOf(init), whole.sent.status);
      return whole;
    } catch (error) {
      signal.throwIfAborted();
      this.#onRequest(methodOf(init), null);
      const give = () => {
        throw error;
      };
      return { sent: { state: 'lost' }, give };
    }
  }
}

/** For what nothing ends. */
export const NEVER: AbortSignal = new AbortController().signal;

interface Exchange {
  readonly sent: Sent;
  /** The answer as `fetch` would give it, or its failure. */
  readonly give: () => Response;
}

/** Larger than any answer that we ask for: the largest is a tree of 100,000 files. */
const ANSWER_BYTES = 64 * 1024 * 1024;
/** What is looked at to tell a limit from a refusal. */
const LOOKED_AT = 4_096;

async function wholeAnswer(response: Response): Promise<Exchange> {
  const { status, headers } = response;
  const bytes = await wholeBody(response);
  // The host tells of a limit of GraphQL together with whatever data there is, and of the others in a few words.
  const looked = isGraphql(response.url) ? bytes : bytes.subarray(0, LOOKED_AT);
  const sent: Sent = { state: 'answered', status, headers, body: looked.toString() };
  const empty = bytes.length === 0;
  const give = () => {
    const copy = new Response(empty ? null : new Uint8Array(bytes), { status, headers });
    // Octokit finds the next page of a list by it.
    return Object.defineProperty(copy, 'url', { value: response.url });
  };
  return { sent, give };
}

async function wholeBody(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > ANSWER_BYTES) throw new Error('the answer is larger than any that is asked for');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * `create`: doing it twice would leave two. `write`: any other change, which may be done again. GraphQL is only used
 * for queries.
 */
type Kind = 'read' | 'write' | 'create' | 'token';

function kindOf(address: string, init: RequestInit): Kind {
  const method = methodOf(init);
  if (method === 'GET' || method === 'HEAD' || isGraphql(address)) return 'read';
  if (/\/access_tokens$/.test(address)) return 'token';
  return method === 'POST' ? 'create' : 'write';
}

function methodOf(init: RequestInit): string {
  return (init.method ?? 'GET').toUpperCase();
}

function isGraphql(address: string): boolean {
  return address.endsWith('/graphql');
}
