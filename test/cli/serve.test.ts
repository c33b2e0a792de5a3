import { mkdtemp, rm, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type AppProcess, startApp } from '../support/app-process.js';
import { deliveryHeaders, madeUpCredentials } from '../support/credentials.js';
import { until } from '../support/until.js';
import { tunelint } from './built-command.js';

// Each starts processes with databases, which takes its time on a busy machine.
jest.setTimeout(180_000);

const made = madeUpCredentials();
const CREDENTIALS = { APP_ID: '42', PRIVATE_KEY: made.privateKey, WEBHOOK_SECRET: made.webhookSecret };
const REVIEWING = /reviewing; webhooks go to/;
const SETTING_UP = /setup\?key=/;

/** A host that has an App which was granted too little, and nothing else. */
const ANSWERS: Readonly<Record<string, object>> = {
  '/api/v3/app': { slug: 'tunelint', permissions: { checks: 'read', contents: 'read' }, events: ['push'] },
  '/api/v3/app-manifests/CODE/conversions': {
    id: 42,
    pem: made.privateKey,
    webhook_secret: made.webhookSecret,
    html_url: 'http://127.0.0.1/x',
  },
};

let folder: string;
let host: Server;
const running: AppProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tunelint-serve-'));
  host = createServer((request, response) => {
    const answer = ANSWERS[request.url?.replace(/(?<=app-manifests\/)[^/]*/, 'CODE') ?? ''];
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? { message: 'Not Found' }));
  });
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  for (const app of running.splice(0)) {
    await app.stop('SIGKILL');
  }
});
afterAll(async () => {
  host.closeAllConnections();
  host.close();
  await rm(folder, { recursive: true, force: true });
});

function environment(data: string): Record<string, string> {
  const { port } = host.address() as AddressInfo;
  return { DATA_DIR: join(folder, data), GHE_HOST: `127.0.0.1:${port}`, GHE_PROTOCOL: 'http' };
}

async function start(data: string, env: Record<string, string>, ready: RegExp): Promise<AppProcess> {
  const app = await startApp({ environment: { ...environment(data), ...env }, ready, cwd: folder });
  running.push(app);
  return app;
}

function deliver(app: AppProcess, id: string, secret = CREDENTIALS.WEBHOOK_SECRET): Promise<Response> {
  const body = JSON.stringify({ zen: 'SOURCE of somebody' });
  const headers = deliveryHeaders('ping', id, body, secret);
  return fetch(`${app.address}/api/github/webhooks`, { method: 'POST', headers, body });
}

describe('serve', () => {
  it('answers webhooks, health and badges, and ends in order when it is told to', async () => {
    const app = await start('data', CREDENTIALS, REVIEWING);
    const statuses = await Promise.all([
      deliver(app, 'd-1').then(({ status }) => status),
      deliver(app, 'd-2', 'guessed').then(({ status }) => status),
      ...['/healthz', '/readyz', '/badge/a/b.svg', '/metrics', '/playbook', '/nothing'].map(async (path) => {
        return (await fetch(app.address + path)).status;
      }),
    ]);
    expect(statuses).toEqual([200, 400, 200, 200, 200, 200, 200, 404]);
    expect(await app.stop()).toBe(0);
    expect(app.log()).toContain('"msg":"stopped"');
    expect(app.log()).toContain('"delivery":"d-1"');
    for (const secret of ['SOURCE', CREDENTIALS.WEBHOOK_SECRET, made.privateKey.slice(60, 120)]) {
      expect(app.log() + app.terminal()).not.toContain(secret);
    }
  });

  it('names at the start what was not granted to the App, and goes on', async () => {
    const app = await start('data', CREDENTIALS, REVIEWING);
    await until(() => app.log().includes('"name":"merge_group"'));
    const lines = app
      .log()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const gaps = lines.filter(({ msg }) => msg === 'permission missing' || msg === 'event missing');
    expect(gaps.map(({ level, name, needed, granted }) => [level, name, needed, granted])).toEqual([
      ['error', 'checks', 'write', 'read'],
      ['error', 'pull_requests', 'write', null],
      ['error', 'metadata', 'read', null],
      ['error', 'merge_queues', 'read', null],
      ...['pull_request', 'check_run', 'check_suite', 'merge_group', 'repository'].map((name) => [
        'error',
        name,
        undefined,
        undefined,
      ]),
    ]);
    expect((await fetch(`${app.address}/readyz`)).status).toBe(200);
  });

  it('starts again at once after it has ended, and ends at an interruption too', async () => {
    const app = await start('data', CREDENTIALS, REVIEWING);
    expect((await fetch(`${app.address}/readyz`)).status).toBe(200);
    expect(await app.stop('SIGINT')).toBe(0);
  });

  it('starts again after it was killed', async () => {
    const killed = await start('killed', CREDENTIALS, REVIEWING);
    await killed.stop('SIGKILL');
    const app = await start('killed', CREDENTIALS, REVIEWING);
    expect((await fetch(`${app.address}/readyz`)).status).toBe(200);
  });

  it('refuses a folder that another process uses, which goes on', async () => {
    const first = await start('shared', CREDENTIALS, REVIEWING);
    const second = await tunelint(['serve'], {
      cwd: folder,
      environment: { ...environment('shared'), ...CREDENTIALS },
    });
    expect(second.code).toBe(2);
    expect(second.err).toContain('Another process is using the database');
    expect((await fetch(`${first.address}/readyz`)).status).toBe(200);
  });

  it.each<[string, Record<string, string>, string]>([
    ['no credentials in production', { NODE_ENV: 'production' }, 'are not set'],
    ['no secret', { ...CREDENTIALS, WEBHOOK_SECRET: '' }, 'WEBHOOK_SECRET is not set'],
    ["Probot's own secret", { ...CREDENTIALS, WEBHOOK_SECRET: 'development' }, 'a word that everybody knows'],
    ['several processes and no server', { ...CREDENTIALS, WEB_CONCURRENCY: '4' }, 'the embedded database serves one'],
    ['a database that is away', { ...CREDENTIALS, DATABASE_URL: 'postgres://u:hunter2@127.0.0.1:1/x' }, 'DATABASE_URL'],
  ])('does not start with %s', async (_, env, words) => {
    const result = await tunelint(['serve'], { cwd: folder, environment: { ...environment('refused'), ...env } });
    expect([result.code, result.out]).toEqual([2, '']);
    expect(result.err).toContain(words);
    expect(result.err).not.toContain('hunter2');
  });

  it('registers an App where there is none, keeps its credentials to itself, and goes on with them', async () => {
    const app = await start('fresh', {}, SETTING_UP);
    const address = /http:\/\/localhost:\d+\/setup\?key=\S+/.exec(app.terminal())?.[0] ?? '';
    const key = new URL(address).searchParams.get('key') ?? '';
    expect((await deliver(app, 'd-1')).status).toBe(405);
    expect((await fetch(`${app.address}/readyz`)).status).toBe(503);
    const page = await fetch(`${app.address}/setup?key=${key}&address=https://lint.acme.test`);
    expect(await page.text()).toContain('https://lint.acme.test/api/github/webhooks');
    const done = await fetch(`${app.address}/setup/done?code=a1b2&state=${key}`);
    expect([done.status, await done.text()]).toEqual([200, expect.stringContaining('/installations/new')]);
    await until(() => REVIEWING.test(app.terminal()));
    expect(app.terminal()).toContain('webhooks go to https://lint.acme.test/api/github/webhooks');
    expect((await deliver(app, 'd-2')).status).toBe(200);
    expect((await stat(join(folder, 'fresh', '.env'))).mode & 0o777).toBe(0o600);
    expect(app.terminal() + app.log()).not.toContain(CREDENTIALS.WEBHOOK_SECRET);
    await app.stop();
    const again = await start('fresh', {}, REVIEWING);
    expect((await deliver(again, 'd-3')).status).toBe(200);
  });
});
