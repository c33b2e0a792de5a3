import { setTimeout as pause } from 'node:timers/promises';
import type { DestinationStream } from 'pino';
import { detectors } from '../detectors/catalog.js';
import type { Links } from './app/dependencies.js';
import { type CodeHost, HostError } from './app/hosting.js';
import type { Job, JobQueue, Store } from './app/keeping.js';
import { DEFAULT_POLICY } from './app/policy.js';
import { type Needs, registrationGaps } from './app/registration-gaps.js';
import { createSweeper } from './app/sweeper.js';
import { createWorker, type Worker } from './app/worker.js';
import { createCodeHost } from './github/code-host.js';
import { requestsOf } from './github/webhook-events.js';
import { openJobQueue } from './jobs/job-queue.js';
import { createLog, type Logger } from './logging/log.js';
import { DEFAULT_BOUNDS } from './model/bounds.js';
import { assertNever } from './model/expression.js';
import { loadPlaybook, type Playbook } from './playbook/load-playbook.js';
import type { Database } from './store/database.js';
import { openEmbeddedDatabase } from './store/embedded-database.js';
import { openStore } from './store/open-store.js';
import { openServerDatabase } from './store/server-database.js';
import { badgePath, badgeRoute } from './web/badge-route.js';
import { openFront, type WebhookMiddleware } from './web/front.js';
import { healthRoutes } from './web/health-routes.js';
import { createMetrics, type Metrics } from './web/metrics.js';
import { playbookPath, playbookRoutes } from './web/playbook-routes.js';
import type { Route } from './web/reply.js';
import { createWebhooks, namesOf } from './web/webhooks.js';
import { buildId } from './workers/build-id.js';
import { createFactExtraction } from './workers/fact-extraction.js';

export interface AppOptions {
  readonly host: string;
  readonly port: number;
  readonly dataFolder: string;
  /** Null for the embedded database. */
  readonly databaseUrl: string | null;
  /** Where the server is reached from the outside; null leaves links out of what is posted. */
  readonly publicUrl: string | null;
  readonly github: { readonly api: string; readonly web: string };
  /** Of this program. */
  readonly version: string;
  /** Jobs at once. */
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

interface Opened {
  readonly database: Database;
  readonly queue: JobQueue;
  readonly store: Store;
  readonly metrics: Metrics;
  readonly log: Logger;
}

async function startWith(database: Database, options: AppOptions, log: Logger): Promise<RunningApp> {
  const { enqueue, queue } = await openJobQueue(database, {
    slots: options.jobs,
    onExhausted: (job) => {
      metrics.exhausted(job.kind);
      log.error({ ...subjectOf(job) }, 'job given up after its last try');
    },
    onError: (err) => log.error({ err }, 'queue failed'),
  });
  const metrics = createMetrics(queue);
  const opened: Opened = { database, queue, store: await openStore(database, enqueue), metrics, log };
  const reviewing = await createReviewing(opened, options);
  const front = await openFront({
    host: options.host,
    port: options.port,
    routes: routesOf(opened, reviewing.playbook, options),
    webhooks: await webhooksOf(opened, options),
    log,
  });
  log.info({ host: options.host, port: front.port, database: database.embedded ? 'embedded' : 'server' }, 'listening');
  await reviewing.start();
  return {
    port: front.port,
    stop: async () => {
      log.info({}, 'stopping');
      await Promise.all([front.close(REQUEST_GRACE_MILLISECONDS), reviewing.stop()]);
      await database.close();
      log.info({}, 'stopped');
    },
  };
}

interface Reviewing {
  readonly playbook: Playbook;
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** The use cases with what they need, fed by the queue and by the clock. */
async function createReviewing({ queue, store, metrics, log }: Opened, options: AppOptions): Promise<Reviewing> {
  const bounds = DEFAULT_BOUNDS;
  const [extraction, playbook] = await Promise.all([createFactExtraction({ bounds }), loadPlaybook(DETECTORS)]);
  const host = createCodeHost({
    baseUrl: options.github.api,
    app: options.credentials,
    userAgent: `tunelint/${options.version}`,
    trees: store.trees,
    reads: extraction.claims,
    blobBytes: Math.max(bounds.sourceFileBytes, bounds.notebookBytes),
    onRequest: metrics.hostRequest,
    log,
  });
  const links = linksOf(options);
  const policyOf = async () => DEFAULT_POLICY;
  const now = () => new Date();
  const builds = { runs: buildId('runs'), judging: buildId('judging') };
  const deps = { host, store, extraction, detectors, builds, playbook, bounds, policyOf, links, log, now };
  const sweeper = createSweeper(deps);
  return {
    playbook,
    start: async () => {
      await queue.start(measured(createWorker(deps), { store, metrics, log }));
      sweeper.start();
      void nameGaps(host, options.needs, log);
    },
    stop: async () => {
      // What a sweep did not get to, the next one will.
      const swept = Promise.race([sweeper.stop(), pause(JOB_GRACE_MILLISECONDS, undefined, { ref: false })]);
      await Promise.all([queue.stop(JOB_GRACE_MILLISECONDS), swept]);
      await extraction.close();
    },
  };
}

function linksOf({ github, publicUrl, credentials }: AppOptions): Links {
  if (publicUrl === null) return { server: github.web, rulePage: null, badge: null };
  return {
    server: github.web,
    rulePage: (rule) => publicUrl + playbookPath(rule),
    badge: (repository) => publicUrl + badgePath(repository, credentials.badgeSecret),
  };
}

/** Says and counts how each try of a job ended. */
function measured(work: Worker, { store, metrics, log }: Pick<Opened, 'store' | 'metrics' | 'log'>): Worker {
  return async (job, signal, origin) => {
    const started = performance.now();
    const told = { job: origin.id, delivery: origin.delivery, ...subjectOf(job), ...(await nameIn(store, job)) };
    const seconds = () => (performance.now() - started) / 1000;
    log.info(told, 'job begins');
    try {
      await work(job, signal, origin);
    } catch (err) {
      const outcome = outcomeOf(err, signal);
      metrics.job(job.kind, outcome, seconds());
      if (outcome === 'failed') log.warn({ ...told, err, seconds: seconds() }, 'job failed');
      else log.info({ ...told, seconds: seconds() }, `job ${outcome}`);
      throw err;
    }
    metrics.job(job.kind, 'done', seconds());
    log.info({ ...told, seconds: seconds() }, 'job done');
  };
}

/** Why a try of a job ended without being done. */
function outcomeOf(error: unknown, signal: AbortSignal): 'failed' | 'interrupted' | 'postponed' {
  if (signal.aborted) return 'interrupted';
  return error instanceof HostError && error.retryAt !== null ? 'postponed' : 'failed';
}

/** What the repository of a job is called now; nothing where it is not known, or the database is away. */
async function nameIn(store: Store, job: Job): Promise<{ name?: string }> {
  const { repository } = subjectOf(job);
  const known = typeof repository === 'number' ? await store.repositories.byId(repository).catch(() => null) : null;
  return known === null ? {} : { name: namesOf(known).name };
}

/** What a job is about, for logs. */
function subjectOf(job: Job): Readonly<Record<string, string | number>> {
  switch (job.kind) {
    case 'review':
      return { kind: job.kind, repository: job.pullRequest.repository, pullRequest: job.pullRequest.number };
    case 'recheck':
    case 'score':
      return { kind: job.kind, repository: job.repository };
    case 'survey':
      return { kind: job.kind, installation: job.installation };
    default:
      return assertNever(job);
  }
}

/** Says what was not granted. Reviews go on with what was: a person may grant the rest at any time. */
async function nameGaps(host: CodeHost, needs: Needs, log: Logger): Promise<void> {
  try {
    for (const gap of registrationGaps(await host.registration(), needs)) {
      const { kind, ...particulars } = gap;
      log.error(particulars, kind === 'permission' ? 'permission missing' : 'event missing');
    }
  } catch (err) {
    log.error({ err }, 'the App could not be looked up: are APP_ID and PRIVATE_KEY its own?');
  }
}

function routesOf({ database, queue, store, metrics, log }: Opened, playbook: Playbook, options: AppOptions): Route[] {
  return [
    badgeRoute({ ...store, secret: options.credentials.badgeSecret, log }),
    healthRoutes({ database: () => database.executeSql('select 1'), queue: queue.sizes }),
    metrics.route,
    playbookRoutes(playbook),
  ];
}

async function webhooksOf({ store, metrics, log }: Opened, { credentials }: AppOptions): Promise<WebhookMiddleware> {
  return await createWebhooks({
    appId: credentials.appId,
    privateKey: credentials.privateKey,
    secret: credentials.webhookSecret,
    requestsOf,
    accept: store.deliveries.accept,
    onDelivery: metrics.delivery,
    onRefused: metrics.refused,
    log,
  });
}
