import { connect } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { UserError } from '../../src/model/user-error.js';
import { openFront, WEBHOOK_PATH, type WebhookMiddleware } from '../../src/web/front.js';
import { type Question, textReply } from '../../src/web/reply.js';
import { until } from '../support/until.js';
import { useServers } from './serving.js';

const { serve, log, logged } = useServers();
const MEBIBYTE = 1024 * 1024;

const lengths: WebhookMiddleware = async ({ body = '' }, response) => {
  response.writeHead(200).end(String(body.length));
};

describe('the front', () => {
  it('asks its routes in order, with the parts of the path decoded', async () => {
    const asked: Question['path'][] = [];
    const address = await serve({
      routes: [
        async ({ path }) => {
          asked.push(path);
          return null;
        },
        async ({ query }) => textReply(200, `found ${query.get('metric')}`),
      ],
    });
    const response = await fetch(`${address}/badge/a%20b/%E0%A4/x.svg?metric=m`);
    expect([response.status, await response.text()]).toEqual([200, 'found m\n']);
    expect(asked).toEqual([['badge', 'a b', '%E0%A4', 'x.svg']]);
  });

  it('puts headers on every reply that keep a browser from doing anything with it', async () => {
    const address = await serve({ routes: [] });
    const { status, headers } = await fetch(`${address}/nothing`);
    expect(status).toBe(404);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('answers HEAD with the length and nothing else', async () => {
    const address = await serve({ routes: [async () => textReply(200, 'four')] });
    const response = await fetch(address, { method: 'HEAD' });
    expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([200, '5', '']);
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH'])('answers no %s where no webhook is', async (method) => {
    const address = await serve({ routes: [async () => textReply(200, 'here')], webhooks: lengths });
    expect((await fetch(`${address}/elsewhere`, { method, body: 'x' })).status).toBe(405);
  });

  it('hands over a webhook whole', async () => {
    const address = await serve({ webhooks: lengths });
    const body = 'a'.repeat(25 * MEBIBYTE);
    const response = await fetch(address + WEBHOOK_PATH, { method: 'POST', body });
    expect(await response.text()).toBe(String(body.length));
  });

  it.each([
    ['says that it is too large', true],
    ['turns out to be too large', false],
  ])('refuses a webhook that %s, before any of it is looked at', async (_, declared) => {
    let handled = 0;
    const address = await serve({ webhooks: async () => (handled += 1) });
    const status = await post(address, 27 * MEBIBYTE, declared);
    expect([status, handled]).toEqual([413, 0]);
  });

  it('refuses what would take too much memory with what it holds already, and has room again later', async () => {
    let open: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    let handled = 0;
    const address = await serve({
      webhooks: async (request, response) => {
        handled += 1;
        await gate;
        await lengths(request, response);
      },
    });
    const send = () => post(address, 25 * MEBIBYTE, true);
    const held = Array.from({ length: 4 }, send);
    await until(() => handled === 4);
    expect(await send()).toBe(503);
    open();
    expect(await Promise.all(held)).toEqual([200, 200, 200, 200]);
    expect(await send()).toBe(200);
  });

  it('answers 500 and says no more where a route fails', async () => {
    const address = await serve({ routes: [() => Promise.reject(new Error('SOURCE'))] });
    const response = await fetch(address);
    expect([response.status, await response.text()]).toEqual([500, 'Something went wrong on our side.\n']);
    expect(logged()).toContain('request failed');
    expect(logged()).not.toContain('SOURCE');
  });

  it('survives addresses and headers that are none', async () => {
    const address = await serve({ routes: [async () => textReply(200, 'well')] });
    const port = Number(new URL(address).port);
    for (const nonsense of [
      'GET // HTTP/1.1\r\nHost: x\r\n\r\n',
      `GET / HTTP/1.1\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`,
      '\0',
    ]) {
      expect(await raw(port, nonsense)).not.toContain('200 OK');
    }
    expect((await fetch(address)).status).toBe(200);
  });

  it('lets requests under way end when it closes', async () => {
    let open: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    let asked: () => void = () => {};
    const arrived = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const route = async () => {
      asked();
      await gate;
      return textReply(200, 'in time');
    };
    const front = await openFront({ host: '127.0.0.1', port: 0, routes: [route], webhooks: null, log });
    const response = fetch(`http://127.0.0.1:${front.port}`);
    await arrived;
    const closed = front.close(60_000);
    open();
    expect(await (await response).text()).toBe('in time\n');
    await closed;
    await expect(fetch(`http://127.0.0.1:${front.port}`)).rejects.toThrow();
  });

  it('says what to do where the port is taken', async () => {
    const port = Number(new URL(await serve({})).port);
    const error = await serve({ port }).catch((cause) => cause);
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ code: 'address-unavailable', advice: expect.stringContaining('PORT') });
  });
});

/** Sends a body of a length, and gives the status, even where the rest of the body was not wanted. */
function post(address: string, length: number, declared: boolean): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(address).port), '127.0.0.1');
    const size = declared ? `Content-Length: ${length}` : 'Transfer-Encoding: chunked';
    socket.write(`POST ${WEBHOOK_PATH} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${size}\r\n\r\n`);
    const body = Buffer.alloc(length, 'a');
    socket.write(
      declared ? body : Buffer.concat([Buffer.from(`${length.toString(16)}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')]),
    );
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
      const status = /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1];
      if (status === undefined) return;
      socket.destroy();
      resolve(Number(status));
    });
    socket.on('error', (error) => (answer === '' ? reject(error) : undefined));
    socket.on('close', () => reject(new Error(`closed after "${answer}"`)));
  });
}

function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.end(text));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(answer));
  });
}
