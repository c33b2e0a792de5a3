import { Probot } from 'probot';
import type { Deliveries, Request } from '../app/keeping.js';
import type { Logger } from '../logging/log.js';
import type { RepositoryIdentity } from '../model/pull-request.js';
import { WEBHOOK_PATH, type WebhookMiddleware } from './front.js';

export interface WebhookOptions {
  readonly appId: number;
  readonly privateKey: string;
  readonly secret: string;
  /** What an event asks for; nothing for the many that mean nothing to us. */
  readonly requestsOf: (event: string, payload: unknown) => readonly Request[];
  readonly accept: Deliveries['accept'];
  /** Every delivery whose signature was right, and how it ended. */
  readonly onDelivery: (event: string, outcome: DeliveryOutcome, seconds: number) => void;
  /** One whose signature was wrong, or that was none at all. */
  readonly onRefused: () => void;
  readonly log: Logger;
}

export type DeliveryOutcome = 'accepted' | 'seen' | 'ignored' | 'failed';

/**
 * Half of the time after which Probot answers that all is well, whether it is or not. What was not stored by then is
 * answered as a failure, so that a sweep has it sent again.
 */
const PATIENCE_MILLISECONDS = 4_500;

/** Probot's middleware: checks signatures, and stores what a delivery asks for before it is answered. */
export async function createWebhooks(options: WebhookOptions): Promise<WebhookMiddleware> {
  const { appId, privateKey, secret } = options;
  // Whatever Probot has to say of a delivery is said below, without its body, and once.
  const log = options.log.child({}, { level: 'silent' });
  // biome-ignore lint/suspicious/noExplicitAny: Probot names the type of an older pino, which ours fulfils.
  const probot = new Probot({ appId, privateKey, secret, log: log as any });
  probot.onAny(async ({ id, name, payload }) => await receive(options, id, name, payload));
  const middleware = await probot.getNodeMiddleware({ path: WEBHOOK_PATH });
  return async (request, response) => {
    await middleware(request, response);
    const status = response.statusCode;
    if (status < 400 || status >= 500) return;
    options.onRefused();
    options.log.warn({ status }, 'delivery refused: no delivery, or not signed with our secret');
  };
}

async function receive(options: WebhookOptions, id: string, name: string, payload: unknown): Promise<void> {
  const started = performance.now();
  const outcome = await store(options, id, name, payload);
  const action = actionOf(payload);
  options.onDelivery(name, outcome, (performance.now() - started) / 1000);
  options.log.info(
    { delivery: id, webhook: action === null ? name : `${name}.${action}`, outcome },
    'delivery received',
  );
  if (outcome === 'failed') throw new DeliveryNotStored();
}

async function store(options: WebhookOptions, id: string, name: string, payload: unknown): Promise<DeliveryOutcome> {
  try {
    const requests = options.requestsOf(name, payload);
    if (requests.length === 0) return 'ignored';
    for (const request of requests) options.log.debug({ delivery: id, ...subjectOf(request) }, 'delivery asks');
    return await withinPatience(options.accept({ id, receivedAt: new Date() }, requests));
  } catch (err) {
    options.log.error({ err, delivery: id, webhook: name }, 'delivery not stored');
    return 'failed';
  }
}

/** Its words go back to GitHub, which shows them to the owner of the App. */
class DeliveryNotStored extends Error {
  override readonly name = 'DeliveryNotStored';
  readonly code = 'delivery-not-stored';

  constructor() {
    super('the delivery could not be stored; it will be asked for again');
  }
}

async function withinPatience<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the database took too long')), PATIENCE_MILLISECONDS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function actionOf(payload: unknown): string | null {
  if (typeof payload !== 'object' || payload === null || !('action' in payload)) return null;
  return typeof payload.action === 'string' ? payload.action : null;
}

/** What a request is about, for logs. */
export function subjectOf(request: Request): Readonly<Record<string, string | number>> {
  switch (request.kind) {
    case 'review':
    case 'stop': {
      const { repository, number } = request.pullRequest;
      return { asks: request.kind, ...namesOf(repository), pullRequest: number };
    }
    case 'review-again':
    case 'score':
    case 'know':
      return { asks: request.kind, ...namesOf(request.repository) };
    case 'forget':
      return { asks: request.kind, repository: request.repository };
    case 'survey':
    case 'forget-installation':
      return { asks: request.kind, installation: request.installation };
  }
}

/** The number that a repository is known by everywhere, and what it is called now. */
export function namesOf({ id, owner, name }: RepositoryIdentity): { repository: number; name: string } {
  return { repository: id, name: `${owner}/${name}` };
}
