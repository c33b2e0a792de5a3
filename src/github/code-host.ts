import { LRUCache } from 'lru-cache';
import type { CodeHost, FailedDelivery, Registration } from '../app/hosting.js';
import type { TreeCache } from '../app/keeping.js';
import type { Log } from '../app/log.js';
import type { RepoPath } from '../model/identifiers.js';
import type { Access } from './access.js';
import { type AppKey, type Credentials, createClient } from './client.js';
import { failedDeliveries } from './deliveries.js';
import { asking, unreadableAnswer } from './host-errors.js';
import { createInstallation } from './installation.js';
import { DEFAULT_PACING, type Pacing, REAL_TIME, type Time } from './pacing.js';
import { NEVER, type OnRequest, Traffic } from './traffic.js';

export interface CodeHostOptions {
  /** The root of the REST API: `https://api.github.com`, or `https://HOST/api/v3` of an Enterprise Server. */
  readonly baseUrl: string;
  readonly app: AppKey;
  /** Names the program and its version to the host. */
  readonly userAgent: string;
  /** Null to list every tree anew. */
  readonly trees: TreeCache | null;
  /** Whether files of this name are ever read: the lines of others need not be known. */
  readonly reads: (path: RepoPath) => boolean;
  /** Larger contents are not read. */
  readonly blobBytes: number;
  readonly log: Log;
  readonly onRequest?: OnRequest;
  readonly pacing?: Partial<Pacing>;
  readonly time?: Time;
}

/** GitHub, or an Enterprise Server, for a GitHub App. Nothing is asked for before it is needed. */
export function createCodeHost(options: CodeHostOptions): CodeHost {
  const { app, baseUrl, userAgent, time = REAL_TIME } = options;
  const pacing = { ...DEFAULT_PACING, ...options.pacing };
  // A token is valid for an hour; the library keeps it for 59 minutes.
  const tokens = new LRUCache<string, string>({ max: MOST_TOKENS, ttl: 59 * 60_000 });
  const traffics = new Map<number | 'app', Traffic>();

  function accessFor(credentials: Credentials, signal: AbortSignal): Access {
    const key = credentials.kind === 'installation' ? credentials.id : 'app';
    const traffic = traffics.get(key) ?? new Traffic(pacing, time, options.onRequest);
    traffics.set(key, traffic);
    const client = createClient({ baseUrl, userAgent, credentials, traffic, signal });
    return { client, signal, once: traffic.fetchWith(signal, 1) };
  }

  const ownAccess = () => accessFor({ kind: 'app', app }, NEVER);
  return {
    installation: (id, signal = NEVER) => {
      const access = accessFor({ kind: 'installation', app, id, tokens }, signal);
      return createInstallation({ ...options, access, id, appId: app.appId });
    },
    installations: () => listInstallations(ownAccess()),
    registration: () => readRegistration(ownAccess()),
    failedDeliveries: (since) => failedDeliveries(ownAccess(), since),
    redeliver: (delivery) => redeliver(ownAccess(), delivery),
  };
}

const MOST_TOKENS = 10_000;

/** Those that are not suspended. */
async function listInstallations({ client, signal }: Access): Promise<readonly number[]> {
  const installations = await asking(signal, () =>
    client.paginate(client.rest.apps.listInstallations, { per_page: 100 }),
  );
  return installations.filter(({ suspended_at }) => suspended_at === null).map(({ id }) => id);
}

async function readRegistration({ client, signal }: Access): Promise<Registration> {
  const { data } = await asking(signal, () => client.rest.apps.getAuthenticated());
  if (data === null || data.slug === undefined) throw unreadableAnswer('the App');
  const permissions = Object.entries(data.permissions).flatMap(([name, access]) =>
    access === undefined ? [] : [[name, access] as const],
  );
  return { slug: data.slug, permissions: Object.fromEntries(permissions), events: data.events };
}

async function redeliver({ client, signal }: Access, { id }: FailedDelivery): Promise<void> {
  await asking(signal, () =>
    client.request('POST /app/hook/deliveries/{delivery_id}/attempts', { delivery_id: id as never }),
  );
}
