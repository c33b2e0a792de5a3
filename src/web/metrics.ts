import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Job, JobQueue } from '../app/keeping.js';
import type { Route } from './reply.js';
import type { DeliveryOutcome } from './webhooks.js';

/** Interrupted: the process stopped, or the job took too long. Postponed: until the moment that the host named. */
export type JobOutcome = 'done' | 'failed' | 'interrupted' | 'postponed';

/** What is counted, for Prometheus. No label names a repository, so that the page can be shown to a stranger. */
export interface Metrics {
  readonly delivery: (event: string, outcome: DeliveryOutcome, seconds: number) => void;
  readonly refused: () => void;
  readonly job: (kind: Job['kind'], outcome: JobOutcome, seconds: number) => void;
  /** A job that had its last try. */
  readonly exhausted: (kind: Job['kind']) => void;
  /** A request to the host. Without a status where no answer came. */
  readonly hostRequest: (method: string, status: number | null) => void;
  /** `/metrics`. */
  readonly route: Route;
}

export function createMetrics(queue: Pick<JobQueue, 'sizes'>): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const deliveries = new Counter({
    name: 'tunelint_deliveries_total',
    help: 'Webhook deliveries with a right signature, by event and outcome.',
    labelNames: ['event', 'outcome'],
    registers,
  });
  const refused = new Counter({
    name: 'tunelint_deliveries_refused_total',
    help: 'Requests to the address of webhooks that were none of GitHub.',
    registers,
  });
  const deliverySeconds = new Histogram({
    name: 'tunelint_delivery_seconds',
    help: 'Time until a delivery was stored.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  });
  const jobs = new Counter({
    name: 'tunelint_jobs_total',
    help: 'Jobs, by kind and how each try ended. Exhausted: there will be no further try.',
    labelNames: ['kind', 'outcome'],
    registers,
  });
  const jobSeconds = new Histogram({
    name: 'tunelint_job_seconds',
    help: 'Time that a try of a job took, by kind.',
    labelNames: ['kind'],
    buckets: [0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320],
    registers,
  });
  const hostRequests = new Counter({
    name: 'tunelint_github_requests_total',
    help: 'Requests to GitHub, by method and status; "none" where no answer came.',
    labelNames: ['method', 'status'],
    registers,
  });
  new Gauge({
    name: 'tunelint_queue_jobs',
    help: 'Jobs in the queue now, by kind and state.',
    labelNames: ['kind', 'state'],
    registers,
    async collect() {
      // The other figures are wanted most when the database is away.
      const sizes = await queue.sizes().catch(() => []);
      this.reset();
      for (const { kind, state, jobs: number } of sizes) this.set({ kind, state }, number);
    },
  });
  return {
    delivery: (event, outcome, seconds) => {
      deliveries.inc({ event, outcome });
      deliverySeconds.observe(seconds);
    },
    refused: () => refused.inc(),
    job: (kind, outcome, seconds) => {
      jobs.inc({ kind, outcome });
      jobSeconds.observe({ kind }, seconds);
    },
    exhausted: (kind) => jobs.inc({ kind, outcome: 'exhausted' }),
    hostRequest: (method, status) => hostRequests.inc({ method, status: status ?? 'none' }),
    route: async ({ path }) => {
      if (path.length !== 1 || path[0] !== 'metrics') return null;
      return { status: 200, headers: { 'content-type': registry.contentType }, body: await registry.metrics() };
    },
  };
}
