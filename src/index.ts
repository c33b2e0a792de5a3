import type { DestinationStream } from 'pino';
import type { Request } from './app/keeping.js';
import type { Needs } from './app/registration-gaps.js';
import { openJobQueue } from './jobs/job-queue.js';
import { createLog, type Logger } from './logging/log.js';
import { loadPlaybook } from './playbook/load-playbook.js';
import type { Database } from './store/database.js';
import { openEmbeddedDatabase } from './store/embedded-database.js';
import { openStore } from './store/open-store.js';
import { openServerDatabase } from './store/server-database.js';
import { badgeRoute } from './web/badge-route.js';
import { openFront } from './web/front.js';
import { healthRoutes } from './web/health-routes.js';
import { createMetrics } from './web/metrics.js';
import { playbookRoutes } from './web/playbook-routes.js';
import { createWebhooks } from './web/webhooks.js';

export interface AppOptions {
  readonly host: string;
  readonly port: number;
  readonly dataFolder: string;
  /** Null for the embedded database. */
  readonly databaseUrl: string | null;
  readonly jobs: number;
  readonly logLevel: string;
  /** Null for standard output. */
  readonly logStream: DestinationStream | null;
  readonly credentials: {
    readonly appId: number;
    readonly privateKey: string;
    readonly webhookSecret: string;
    readonly badgeSecret: string;
  };
  /** What app.yml asks for. */
  readonly needs: Needs;
  /** The database was taken by another process: end at once, and write nothing more. */
  readonly onLost: (error: Error) => void;
}

export interface RunningApp {
  readonly port: number;
  /** Takes no new work, finishes what is under way or gives it back, and closes everything. */
  readonly stop: () => Promise<void>;
}

// Detectors lie beside `src`, in the sources as in what they are compiled to.
const DETECTORS = new URL('../detectors/', import.meta.url);

// A container is killed ten seconds after it was asked to stop, unless its operator gives it longer.
const REQUEST_GRACE_MILLISECONDS = 4_000;
const JOB_GRACE_MILLISECONDS = 4_000;

/** Starts the App: opens what it keeps, wires the rooms, and listens. Fails with a `UserError` for what an operator can mend. */
export async function startApp(options: AppOptions): Promise<RunningApp> {
  const log = createLog({ level: options.logLevel, stream: options.logStream, secrets: secretsOf(options) });
  const database = await openDatabase(options, log);
  try {
    return await startWith(database, options, log);
  } catch (error) {
    await database.close();
    throw error;
  }
}

function secretsOf({ credentials, databaseUrl }: AppOptions): string[] {
  const password = databaseUrl === null ? '' : new URL(databaseUrl).password;
  const { privateKey, webhookSecret, badgeSecret } = credentials;
  return [privateKey.trim(), webhookSecret, badgeSecret, password, decodeURIComponent(password)].filter(
    (it) => it !== '',
  );
}

async function openDatabase({ databaseUrl, dataFolder, onLost }: AppOptions, log: Logger): Promise<Database> {
  if (databaseUrl === null) return await openEmbeddedDatabase({ folder: dataFolder, onLost });
  const onConnectionLost = (err: Error) => log.warn({ err }, 'database connection lost');
  return await openServerDatabase({ url: databaseUrl, onConnectionLost });
}

async function startWith(database: Database, options: AppOptions, log: Logger): Promise<RunningApp> {
  const { enqueue, queue } = await openJobQueue(database, {
    slots: options.jobs,
    onExhausted: (job) => {
      metrics.exhausted(job.kind);
      log.error({ kind: job.kind }, 'job given up after its last try');
    },
    onError: (err) => log.error({ err }, 'queue failed'),
  });
  const metrics = createMetrics(queue);
  const store = await openStore(database, enqueue);
  const playbook = await loadPlaybook(DETECTORS);
  const { appId, privateKey, webhookSecret, badgeSecret } = options.credentials;
  const front = await openFront({
    host: options.host,
    port: options.port,
    routes: [
      badgeRoute({ ...store, secret: badgeSecret, log }),
      healthRoutes({ database: () => database.executeSql('select 1'), queue: queue.sizes }),
      metrics.route,
      playbookRoutes(playbook),
    ],
    webhooks: await createWebhooks({
      appId,
      privateKey,
      secret: webhookSecret,
      requestsOf,
      accept: store.deliveries.accept,
      onDelivery: metrics.delivery,
      onRefused: metrics.refused,
      log,
    }),
    log,
  });
  log.info({ host: options.host, port: front.port, database: database.embedded ? 'embedded' : 'server' }, 'listening');
  return {
    port: front.port,
    stop: async () => {
      log.info('stopping');
      await Promise.all([front.close(REQUEST_GRACE_MILLISECONDS), queue.stop(JOB_GRACE_MILLISECONDS)]);
      await database.close();
      log.info('stopped');
    },
  };
}

function requestsOf(_event: string, _payload: unknown): readonly Request[] {
  return [];
}
