import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Request } from '../../src/app/keeping.js';
import { WEBHOOK_PATH } from '../../src/web/front.js';
import { createWebhooks, type WebhookOptions } from '../../src/web/webhooks.js';
import { deliveryHeaders, madeUpCredentials } from '../support/credentials.js';
import { useServers } from './serving.js';

const credentials = madeUpCredentials();
const SECRET = credentials.webhookSecret;
const FORGET: Request = { kind: 'forget', repository: 7 };
const BODY = JSON.stringify({ action: 'opened', text: 'SOURCE of somebody' });

const { serve, logged, log } = useServers();

describe('webhooks', () => {
  const accepted: unknown[] = [];
  const counted: unknown[] = [];
  let accept: WebhookOptions['accept'];
  let requestsOf: WebhookOptions['requestsOf'];
  let address: string;

  beforeEach(async () => {
    accepted.length = 0;
    counted.length = 0;
    accept = async (delivery, requests) => {
      accepted.push([delivery.id, requests]);
      return 'accepted';
    };
    requestsOf = () => [FORGET];
    const webhooks = await createWebhooks({
      ...credentials,
      secret: SECRET,
      requestsOf: (event, payload) => requestsOf(event, payload),
      accept: (delivery, requests) => accept(delivery, requests),
      onDelivery: (event, outcome) => counted.push([event, outcome]),
      onRefused: () => counted.push('refused'),
      log,
    });
    address = (await serve({ webhooks })) + WEBHOOK_PATH;
  });

  function deliver(body = BODY, headers: Record<string, string> = {}): Promise<Response> {
    const own = deliveryHeaders('pull_request', 'd-1', body, SECRET);
    return fetch(address, { method: 'POST', headers: { ...own, ...headers }, body });
  }

  it('stores what a delivery asks for before it answers', async () => {
    const response = await deliver();
    expect([response.status, accepted]).toEqual([200, [['d-1', [FORGET]]]]);
    expect(counted).toEqual([['pull_request', 'accepted']]);
  });

  it('hands the event and its payload over to be read', async () => {
    const read: unknown[] = [];
    requestsOf = (event, payload) => {
      read.push(event, payload);
      return [];
    };
    await deliver();
    expect(read).toEqual(['pull_request', JSON.parse(BODY)]);
  });

  it.each([
    ['an event that no App of ours asked for', 'branch_protection_rule'],
    ['an event that is younger than this program', 'something_new'],
  ])('says thanks for %s, and stores nothing', async (_, event) => {
    requestsOf = () => [];
    const response = await deliver(BODY, { 'x-github-event': event });
    expect([response.status, accepted, counted]).toEqual([200, [], [[event, 'ignored']]]);
  });

  it('says thanks for a delivery that it has seen', async () => {
    accept = async () => 'seen';
    expect((await deliver()).status).toBe(200);
    expect(counted).toEqual([['pull_request', 'seen']]);
  });

  it.each<[string, string, Record<string, string>]>([
    ['a wrong signature', BODY, { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` }],
    ['a signature of something else', `${BODY} `, deliveryHeaders('pull_request', 'd-1', BODY, SECRET)],
    ['the secret that Probot has where it has none', BODY, deliveryHeaders('pull_request', 'd-1', BODY, 'development')],
    ['the older kind of signature alone', BODY, { 'x-hub-signature-256': '', 'x-hub-signature': 'sha1=0' }],
    ['no JSON', 'not json', deliveryHeaders('pull_request', 'd-1', 'not json', SECRET)],
    ['another type of content', BODY, { 'content-type': 'application/x-www-form-urlencoded' }],
  ])('R1 refuses a delivery with %s', async (_, body, headers) => {
    const { status } = await deliver(body, headers);
    expect([Math.floor(status / 100), accepted, counted]).toEqual([4, [], ['refused']]);
  });

  it('says that it failed where nothing could be stored, and not why', async () => {
    accept = () => Promise.reject(new Error('SOURCE and password'));
    const response = await deliver();
    expect([response.status, counted]).toEqual([500, [['pull_request', 'failed']]]);
    expect(await response.text()).not.toContain('password');
  });

  it('says so too where the database does not answer', async () => {
    accept = () => new Promise(() => {});
    expect((await deliver()).status).toBe(500);
    expect(counted).toEqual([['pull_request', 'failed']]);
  });

  describe('the log of a delivery', () => {
    it('names the delivery, the event and what is asked for', async () => {
      await deliver();
      const lines = logged()
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(lines).toContainEqual(expect.objectContaining({ delivery: 'd-1', asks: 'forget', repository: 7 }));
      expect(lines).toContainEqual(
        expect.objectContaining({ delivery: 'd-1', webhook: 'pull_request.opened', outcome: 'accepted' }),
      );
    });

    it.each<[string, () => Promise<unknown>]>([
      ['accepted', () => deliver()],
      ['refused', () => deliver(BODY, { 'x-hub-signature-256': 'sha256=0' })],
      ['not stored', () => deliver()],
    ])('holds nothing of its payload and no secret where it was %s', async (how, send) => {
      if (how === 'not stored') accept = () => Promise.reject(new Error(`${SECRET} ${BODY}`));
      await send();
      expect(logged()).not.toBe('');
      for (const text of ['SOURCE', SECRET, 'PRIVATE KEY']) expect(logged()).not.toContain(text);
    });
  });
});
