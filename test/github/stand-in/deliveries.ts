import { createHmac, randomUUID } from 'node:crypto';
import type { Delivery, World } from './world.js';

/** An answer of the App to a webhook. */
export interface WebhookAnswer {
  readonly guid: string;
  /** 0 where there was none. */
  readonly status: number;
  readonly milliseconds: number;
}

/** What is delivered. */
export type WebhookGiven = Pick<Delivery, 'event' | 'action' | 'body' | 'installation' | 'repository'>;

/** What every App gets: https://docs.github.com/en/webhooks/webhook-events-and-payloads */
const ALWAYS_SENT = new Set(['ping', 'installation', 'installation_repositories']);

/**
 * GitHub waits 10 s: https://docs.github.com/en/webhooks/using-webhooks/best-practices-for-using-webhooks. Longer here, since
 * the process of the tests can be too busy to hear an answer that was given in time: how long an App took is written down.
 */
const PATIENCE_MILLISECONDS = 45_000;

/** One event, which may be delivered again and again under one id. */
export class Webhook {
  readonly guid: string;
  readonly given: WebhookGiven;
  readonly #world: World;

  /** Fails for an event that the App does not subscribe to: GitHub would not tell it. */
  constructor(world: World, given: WebhookGiven, guid: string = randomUUID()) {
    if (!ALWAYS_SENT.has(given.event) && !world.app.events.includes(given.event))
      throw new Error(`the App does not subscribe to ${given.event}`);
    this.#world = world;
    this.given = given;
    this.guid = guid;
  }

  get payload(): Record<string, unknown> {
    return JSON.parse(this.given.body) as Record<string, unknown>;
  }

  /** Signs and sends it, and writes down how it went. `signature` takes the place of the right one. */
  async send(url: string, secret: string, signature: string | null = null): Promise<WebhookAnswer> {
    const { event, body } = this.given;
    const started = performance.now();
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'GitHub-Hookshot/stand-in',
      'x-github-event': event,
      'x-github-delivery': this.guid,
      'x-github-hook-installation-target-type': 'integration',
      'x-github-hook-installation-target-id': String(this.#world.app.id),
      'x-hub-signature-256': signature ?? `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    };
    const signal = AbortSignal.timeout(PATIENCE_MILLISECONDS);
    const status = await fetch(url, { method: 'POST', headers, body, signal }).then(
      async (response) => {
        await response.arrayBuffer();
        return response.status;
      },
      () => 0,
    );
    return this.#writeDown(status, performance.now() - started);
  }

  /** It never reaches the App: GitHub could not connect to it. */
  lose(): WebhookAnswer {
    return this.#writeDown(0, 0);
  }

  #writeDown(status: number, milliseconds: number): WebhookAnswer {
    const { deliveries } = this.#world;
    deliveries.push({
      ...this.given,
      id: this.#world.nextDelivery(),
      guid: this.guid,
      deliveredAt: new Date(),
      redelivery: deliveries.some((it) => it.guid === this.guid),
      statusCode: status,
      durationMilliseconds: Math.round(milliseconds),
    });
    return { guid: this.guid, status, milliseconds };
  }
}

/** The same delivery again, under the same id. */
export function webhookAgain(world: World, id: bigint): Webhook | null {
  const found = world.deliveries.find((it) => it.id === id);
  return found === undefined ? null : new Webhook(world, found, found.guid);
}
