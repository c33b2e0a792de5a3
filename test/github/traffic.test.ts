import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_PACING, type Pacing } from '../../src/github/pacing.js';
import { Traffic } from '../../src/github/traffic.js';
import { FakeTime } from './fake-time.js';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
let root: string;
/** The next answers, then 200. */
let script: Answer[];
let asked: string[];

beforeEach(async () => {
  script = [];
  asked = [];
  server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      asked.push(`${request.method} ${request.url}`);
      (script.shift() ?? status(200))(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function status(code: number, headers: Record<string, string> = {}, body = '{"ok":true}'): Answer {
  return (_, response) => {
    response.writeHead(code, { 'content-type': 'application/json', ...headers });
    response.end(body);
  };
}

const DROPPED: Answer = (request) => request.socket.destroy();
const CUT: Answer = (request, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
  response.write('{"ok":', () => request.socket.destroy());
};
const NEVER_ANSWERED: Answer = () => {};

function open(pacing: Partial<Pacing> = {}) {
  const time = new FakeTime();
  const traffic = new Traffic({ ...DEFAULT_PACING, writeSpacing: 0, ...pacing }, time);
  const user = new AbortController();
  const send = (method: string, path = '/a', tries?: number) =>
    traffic.fetchWith(user.signal, tries)(`${root}${path}`, { method });
  return { time, user, traffic, send };
}

describe('a request that fails on the way', () => {
  it.each<[string, Answer]>([
    ['dropped', DROPPED],
    ['broken off', CUT],
    ['answered with a fault of the host', status(503)],
  ])('is sent again where it was %s', async (_, answer) => {
    script = [answer, answer];
    const { time, send } = open();
    const got = await send('GET');
    expect([got.status, await got.json()]).toEqual([200, { ok: true }]);
    expect([asked.length, time.slept]).toEqual([3, [1_000, 2_000]]);
  });

  it('is sent four times and no more', async () => {
    script = [DROPPED, DROPPED, DROPPED, status(502), status(200)];
    expect((await open().send('GET')).status).toBe(502);
    expect(asked).toHaveLength(4);
  });

  it.each(['PATCH', 'DELETE'])('is sent again where it is a %s, which may be done twice', async (method) => {
    script = [DROPPED];
    expect((await open().send(method)).status).toBe(200);
    expect(asked).toHaveLength(2);
  });

  it.each<[string, Answer]>([
    ['its answer was lost', DROPPED],
    ['its answer broke off', CUT],
  ])('is not sent again where it creates something and %s', async (_, answer) => {
    script = [answer];
    await expect(open().send('POST')).rejects.toThrow();
    expect(asked).toHaveLength(1);
  });

  it('is not sent again where it creates something and the host failed, which may have been afterwards', async () => {
    script = [status(502)];
    expect((await open().send('POST')).status).toBe(502);
    expect(asked).toHaveLength(1);
  });

  it.each(['/graphql', '/app/installations/7/access_tokens'])(
    'is sent again where it only looks as if it created something: %s',
    async (path) => {
      script = [DROPPED];
      expect((await open().send('POST', path)).status).toBe(200);
      expect(asked).toHaveLength(2);
    },
  );

  it('is not sent again where its caller has a better way', async () => {
    script = [status(502)];
    expect((await open().send('POST', '/graphql', 1)).status).toBe(502);
    expect(asked).toHaveLength(1);
  });

  it('is taken for lost where no answer comes in time', async () => {
    script = [NEVER_ANSWERED];
    expect((await open({ requestTime: 100 }).send('GET')).status).toBe(200);
    expect(asked).toHaveLength(2);
  });

  it.each([404, 422, 401])('is not sent again where it was refused: %i', async (code) => {
    script = [status(code)];
    expect((await open().send('PATCH')).status).toBe(code);
    expect(asked).toHaveLength(1);
  });
});

describe('R52 a limit', () => {
  it.each(['GET', 'POST'])('is waited for, and the request sent again: %s', async (method) => {
    script = [status(429, { 'retry-after': '30' })];
    const { time, send } = open();
    expect((await send(method)).status).toBe(200);
    expect([asked.length, time.slept]).toEqual([2, [30_000]]);
  });

  it('holds back all requests of the installation', async () => {
    script = [status(429, { 'retry-after': '30' })];
    const { traffic, time, user } = open({ tries: 1 });
    const send = traffic.fetchWith(user.signal);
    await expect(send(`${root}/a`, { method: 'POST' })).rejects.toMatchObject({ code: 'rate-limited' });
    expect((await send(`${root}/b`, {})).status).toBe(200);
    expect(time.slept).toEqual([30_000]);
  });

  it('that is further off than may be waited for is told, and nothing is sent until then', async () => {
    const reset = 1_800_000_000 + 1_200;
    script = [status(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(reset) })];
    const { time, send } = open();
    const retryAt = new Date((reset + 1) * 1_000);
    await expect(send('GET')).rejects.toMatchObject({ code: 'rate-limited', retryAt });
    await expect(send('POST')).rejects.toMatchObject({ code: 'rate-limited', retryAt });
    expect([asked.length, time.slept]).toEqual([1, []]);
    time.pass(1_201_000);
    expect((await send('GET')).status).toBe(200);
  });

  it('without a time is waited for twice as long each time, and told after the fourth try', async () => {
    script = Array.from({ length: 4 }, () =>
      status(403, {}, '{"message":"You have exceeded a secondary rate limit."}'),
    );
    const { time, send } = open({ longestWait: 3_600_000 });
    await expect(send('GET')).rejects.toMatchObject({ code: 'rate-limited' });
    expect([asked.length, time.slept]).toEqual([4, [60_000, 120_000, 240_000]]);
  });
});

describe('a signal', () => {
  it('ends a request that is under way', async () => {
    script = [NEVER_ANSWERED];
    const { user, send } = open();
    const request = send('GET');
    await until(() => asked.length === 1);
    user.abort(new Error('superseded'));
    await expect(request).rejects.toThrow('superseded');
  });

  it('lets nothing begin', async () => {
    const { user, send } = open();
    user.abort(new Error('superseded'));
    await expect(send('GET')).rejects.toThrow('superseded');
    await expect(send('POST')).rejects.toThrow('superseded');
    expect(asked).toEqual([]);
  });

  it('of one piece of work does not end the token that others wait for', async () => {
    const { user, send } = open();
    user.abort(new Error('superseded'));
    expect((await send('POST', '/app/installations/7/access_tokens')).status).toBe(200);
  });
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}
