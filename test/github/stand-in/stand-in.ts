import { generateKeyPairSync, type KeyPairKeyObjectResult } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { type Webhook, type WebhookAnswer, webhookAgain } from './deliveries.js';
import type { Fault, RecordedRequest } from './faults.js';
import { People } from './people.js';
import { HttpSide } from './server.js';
import { World } from './world.js';

export { FAULTS } from './faults.js';
export { AUTHOR, REVIEWER } from './world.js';

/**
 * A stand-in for GitHub over real git repositories. Every request is held to GitHub's OpenAPI description and to its
 * GraphQL schema, and so is every answer; what does not hold is a violation.
 *
 *     const github = await startGithub();
 *     const repository = github.world.add({ folder: git.folder, name: 'lab' });     // a repository of test/git
 *     const app = await startAppBehind({ github, dataDir });                        // app-process.ts: a process of its own
 *     const { pull, webhook } = github.people.open(repository, { branch: 'change' });
 *     await github.send(webhook);                                                   // signed, and kept for redelivery
 *     …
 *     git.commit({ 'train.py': '…' });
 *     await github.send(github.people.push(repository, pull));                      // comments follow their lines
 *     expect(pull.comments).toEqual([…]);
 *     expect(github.countByOperation()).toEqual({ 'checks/create': 1, … });
 *     expect(github.violations).toEqual([]);
 *     await github.close();
 *
 * - `world` is what GitHub knows, to look at: repositories with their pull requests, comments and checks; installations;
 *   `limits`, which a test may lower. `people` do what people do, and give back the webhook that GitHub would send.
 * - `requests` are those that were made, in order, by operation of GitHub's description (`checks/create`), `graphql` and
 *   `archive`, with their moment, body and status.
 * - `failOn` makes the next so many requests of a kind go wrong, as `FAULTS` and `Fault['effect']` say: limits, 5xx,
 *   connections that drop before or after the effect, slow answers, answers cut off, queries answered in part.
 *
 * What GitHub enforces is enforced: permissions of app.yml, hidden repositories, expired tokens, review comments outside
 * of the difference, one pending review, lengths, fifty annotations, primary and secondary rate limits.
 */
export interface Github {
  readonly world: World;
  readonly people: People;
  /** `127.0.0.1:PORT`, for GHE_HOST. */
  readonly host: string;
  /** The address of the API, without a slash at its end. */
  readonly apiUrl: string;
  readonly privateKey: string;
  readonly requests: readonly RecordedRequest[];
  readonly violations: readonly string[];
  /** Those that change something, in order; not what gives a token. */
  readonly writes: () => readonly RecordedRequest[];
  /** The next so many requests of a kind go wrong: of an operation, or as a predicate says. */
  readonly failOn: (when: string | Fault['when'], effect: Fault['effect'], times?: number) => void;
  /** Where webhooks go, and redeliveries that the App asks for. */
  readonly deliverTo: (url: string, secret: string) => void;
  /** Sends a webhook there. Where that is nowhere yet, GitHub could not connect. */
  readonly send: (webhook: Webhook) => Promise<WebhookAnswer>;
  readonly clearRequests: () => void;
  /** How often each operation was asked for. */
  readonly countByOperation: () => Readonly<Record<string, number>>;
  /** The violations so far, which count no more: for tests that ask for what is not allowed. */
  readonly takeViolations: () => readonly string[];
  readonly close: () => Promise<void>;
}

export const APP_ID = 42;

let keys: KeyPairKeyObjectResult | null = null;

export async function startGithub(): Promise<Github> {
  // One for all stand-ins of a process, since it takes its time.
  keys ??= generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { privateKey, publicKey } = keys;
  const { permissions, events } = manifest();
  const world = new World({ id: APP_ID, slug: 'tunelint', publicKey, permissions, events });
  let target: { url: string; secret: string } | null = null;
  const send = async (webhook: Webhook): Promise<WebhookAnswer> =>
    target === null ? webhook.lose() : await webhook.send(target.url, target.secret);
  const side = new HttpSide(world, (id) => {
    const again = webhookAgain(world, id);
    if (again !== null) void send(again);
  });
  await side.listen();
  const apiUrl = `http://${side.host}/api/v3`;
  return {
    world,
    people: new People(world, () => apiUrl),
    host: side.host,
    apiUrl,
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    requests: side.requests,
    violations: side.violations,
    writes: () => side.requests.filter(isWrite),
    failOn: (when, effect, times = 1) => {
      const isMeant = typeof when === 'string' ? ({ operation }: RecordedRequest) => operation === when : when;
      side.faults.push({ when: isMeant, effect, times });
    },
    deliverTo: (url, secret) => {
      target = { url, secret };
    },
    send,
    clearRequests: () => side.requests.splice(0),
    countByOperation: () => counted(side.requests.map(({ operation }) => operation)),
    takeViolations: () => side.violations.splice(0),
    close: () => side.close(),
  };
}

function isWrite({ method, operation }: RecordedRequest): boolean {
  return method !== 'GET' && operation !== 'graphql' && operation !== 'apps/create-installation-access-token';
}

function counted(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** What app.yml asks for is what the App is granted. */
function manifest(): { permissions: Record<string, string>; events: string[] } {
  const text = readFileSync(new URL('../../../app.yml', import.meta.url), 'utf8');
  const { default_permissions: permissions, default_events: events } = parse(text) as {
    default_permissions: Record<string, string>;
    default_events: string[];
  };
  return { permissions, events };
}
