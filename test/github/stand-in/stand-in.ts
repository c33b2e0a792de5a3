import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Fault, RecordedRequest } from './faults.js';
import { People, Webhook } from './people.js';
import { HttpSide } from './server.js';
import { World } from './world.js';

export { FAULTS } from './faults.js';
export { AUTHOR, REVIEWER } from './people.js';

/**
 * A stand-in for GitHub over real git repositories. Every request is held to GitHub's OpenAPI description and to its GraphQL
 * schema, and so is every answer.
 *
 *     const github = await startGithub();
 *     const repository = github.world.add({ folder: git.folder, name: 'lab' });     // a repository of test/git
 *     const { pull, webhook } = github.people.open(repository, { branch: 'change' });
 *     await webhook.send(app.webhookUrl, app.secret);                               // signed, and kept for redelivery
 *     …
 *     expect(github.violations).toEqual([]);
 *     await github.close();
 *
 * `world` is what GitHub knows, to look at; `people` do what people do; `requests` are those that were made;
 * `failOn` makes some of them go wrong.
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
  /** The next so many requests of a kind go wrong. */
  readonly failOn: (when: Fault['when'], effect: Fault['effect'], times?: number) => void;
  /** Where redeliveries go that the App asks for. */
  readonly deliverTo: (url: string, secret: string) => void;
  readonly clearRequests: () => void;
  /** The violations so far, which count no more: for tests that ask for what is not allowed. */
  readonly takeViolations: () => readonly string[];
  readonly close: () => Promise<void>;
}

export const APP_ID = 42;

export async function startGithub(): Promise<Github> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { permissions, events } = manifest();
  const world = new World({ id: APP_ID, slug: 'tunelint', publicKey, permissions, events });
  let target: { url: string; secret: string } | null = null;
  const side = new HttpSide(world, (id) => {
    const delivery = world.deliveries.find((it) => it.id === id);
    if (delivery === undefined || target === null) return;
    const { event, action, body, installation, repository } = delivery;
    const again = new Webhook(world, { event, action, body, installation, repository });
    void Object.assign(again, { guid: delivery.guid }).send(target.url, target.secret);
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
    failOn: (when, effect, times = 1) => side.faults.push({ when, effect, times }),
    deliverTo: (url, secret) => {
      target = { url, secret };
    },
    clearRequests: () => side.requests.splice(0),
    takeViolations: () => side.violations.splice(0),
    close: () => side.close(),
  };
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
