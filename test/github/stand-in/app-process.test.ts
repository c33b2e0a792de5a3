import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '../../support/until.js';
import { type AppBehindGithub, startAppBehind } from './app-process.js';
import { LAB, useLab } from './lab.js';

const lab = useLab();

/** Stands for the App: tells its environment, answers webhooks, and asks the stand-in one thing. */
const PROGRAM = `
import { createServer } from 'node:http';
const { HOST, PORT, GHE_HOST, GHE_PROTOCOL } = process.env;
console.log(JSON.stringify(process.env));
if (process.argv[2] === 'broken') process.exit(3);
let ready = false;
setTimeout(() => { ready = true; }, 100);
const server = createServer((request, response) => {
  request.resume();
  response.writeHead(request.url === '/readyz' && !ready ? 503 : 200).end();
});
server.listen(Number(PORT), HOST);
process.on('SIGTERM', () => { console.error('ending'); server.close(); server.closeAllConnections(); });
await fetch(GHE_PROTOCOL + '://' + GHE_HOST + '/api/v3/repos/acme/lab');
`;

let folder: string;
let app: AppBehindGithub | null = null;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tunelint-app-'));
  await writeFile(join(folder, 'program.mjs'), PROGRAM);
});
afterEach(async () => {
  await app?.stop('SIGKILL');
  app = null;
  await rm(folder, { recursive: true });
});

function command(...args: string[]): string[] {
  return [join(folder, 'program.mjs'), ...args];
}

describe('the App as a process', () => {
  it('knows of its surroundings by public environment variables alone', async () => {
    app = await startAppBehind({
      github: lab.github,
      dataDir: folder,
      command: command(),
      environment: { DATABASE_URL: 'postgres://x/y' },
    });
    const environment = JSON.parse(app.log().split('\n')[0] ?? '{}') as Record<string, string>;
    const names = Object.keys(environment).filter((name) => !/^(?:PATH|HOME|TMPDIR|LANG)$/.test(name));
    expect(names.sort()).toEqual([
      'APP_ID',
      'DATABASE_URL',
      'DATA_DIR',
      'GHE_HOST',
      'GHE_PROTOCOL',
      'HOST',
      'NODE_ENV',
      'PORT',
      'PRIVATE_KEY',
      'WEBHOOK_SECRET',
    ]);
    await until(() => lab.github.requests.length > 0);
    expect(lab.github.requests).toMatchObject([{ operation: 'repos/get', path: `/repos/${LAB.owner}/${LAB.repo}` }]);
  });

  it('is ready when it says so, gets webhooks, and ends in order or at once', async () => {
    app = await startAppBehind({ github: lab.github, dataDir: folder, command: command() });
    const answer = await lab.github.send(lab.github.people.close(lab.repository, lab.pull));
    expect(answer.status).toBe(200);
    expect(await app.stop()).toBe(0);
    expect(app.terminal()).toContain('ending');
    const { port } = new URL(app.address);
    app = await startAppBehind({ github: lab.github, dataDir: folder, command: command(), port: Number(port) });
    expect(await app.stop('SIGKILL')).toBeNull();
  });

  it('that ends before it is ready is told with its log', async () => {
    const start = startAppBehind({ github: lab.github, dataDir: folder, command: command('broken') });
    await expect(start).rejects.toThrow(/ended with 3 before it was ready:.*GHE_HOST/s);
  });
});
