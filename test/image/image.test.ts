import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { parse } from 'yaml';
import { requireBuild } from '../cli/built-command.js';
import { type AppProcess, startApp } from '../support/app-process.js';
import { madeUpCredentials } from '../support/credentials.js';

jest.setTimeout(180_000);

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const made = madeUpCredentials();
const CREDENTIALS = { APP_ID: '42', PRIVATE_KEY: made.privateKey, WEBHOOK_SECRET: made.webhookSecret };

const dockerfile = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');

describe('what the image holds', () => {
  let folder: string;
  let image: string;
  beforeAll(async () => {
    requireBuild();
    folder = await mkdtemp(join(tmpdir(), 'tunelint-image-'));
    image = join(folder, 'app');
    execFileSync(process.execPath, [join(ROOT, 'scripts', 'lay-out-image.js'), image]);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('is laid out by the step that the Dockerfile takes, to where it is started from', () => {
    expect(dockerfile).toContain('RUN npm run build && node scripts/lay-out-image.js /image');
    expect(dockerfile).toContain('COPY --from=build /image /app');
    expect(dockerfile).toContain('ENTRYPOINT ["node", "/app/bin/tunelint.js"]');
  });

  it('has no sources, tests, types or tools of who writes it', () => {
    const files = readdirSync(image, { recursive: true, encoding: 'utf8' });
    expect(files.filter((file) => /\.(?:[cm]?ts|map)$/.test(file))).toEqual([]);
    const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
    const tools = Object.keys(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).devDependencies);
    const own = tools.filter((name) => lock.packages[`node_modules/${name}`]?.dev === true);
    expect(own).toContain('typescript');
    expect(own.filter((name) => existsSync(join(image, 'node_modules', name)))).toEqual([]);
    expect(['src', 'test', '.git'].filter((name) => existsSync(join(image, name)))).toEqual([]);
  });

  it('runs the command line, with its grammars and its playbook in place', () => {
    const options = { cwd: folder, encoding: 'utf8' as const };
    const out = execFileSync(process.execPath, [join(image, 'bin', 'tunelint.js'), 'review', '--example'], options);
    expect(out).toContain('3 analysed, 0 in part, 0 skipped');
    expect(out).toContain('Minimal fix');
  });

  describe('as a server', () => {
    let app: AppProcess;
    beforeAll(async () => {
      app = await startApp({
        environment: { ...variablesOf(dockerfile), ...CREDENTIALS, DATA_DIR: join(folder, 'data'), HOST: '127.0.0.1' },
        ready: /reviewing; webhooks go to/,
        cwd: folder,
        command: [join(image, 'bin', 'tunelint.js'), 'serve'],
      });
    });
    afterAll(async () => {
      expect(await app.stop()).toBe(0);
    });

    it.each(['/healthz', '/readyz', '/playbook', '/badge/acme/tuning.svg', '/metrics'])('answers %s', async (path) => {
      expect((await fetch(app.address + path)).status).toBe(200);
    });

    it('is well by the check of the image', () => {
      const command = /HEALTHCHECK[^[]*(\[.*\])/s.exec(dockerfile)?.[1]?.split('\n')[0] ?? '';
      const [, ...args] = JSON.parse(command) as string[];
      const { port } = new URL(app.address);
      const check = (PORT: string) => execFileSync(process.execPath, args, { env: { PORT }, stdio: 'pipe' });
      expect(() => check(port)).not.toThrow();
      expect(() => check('1')).toThrow();
    });
  });
});

describe('the Dockerfile', () => {
  it('runs as a user without rights, on a Node that the package supports', () => {
    const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));
    expect(last).toMatch(/^USER node$/m);
    expect(new Set(dockerfile.match(/^FROM \S+/gm))).toEqual(new Set(['FROM node:24-bookworm-slim']));
  });
});

describe('compose.yaml', () => {
  const { services } = parse(readFileSync(join(ROOT, 'compose.yaml'), 'utf8'));
  const operating = readFileSync(join(ROOT, 'docs', 'operating.md'), 'utf8');

  it('sets variables that are documented, and no secret of its own', () => {
    const variables: [string, string][] = Object.entries(services.tunelint.environment);
    expect(variables.filter(([name]) => !operating.includes(`\`${name}\``))).toEqual([]);
    const secrets = [...variables, ...Object.entries(services.database.environment as Record<string, string>)].filter(
      ([name]) => /KEY|SECRET|PASSWORD/.test(name),
    );
    expect(secrets.filter(([, value]) => !value.startsWith('${'))).toEqual([]);
  });

  it('starts the App when the database is well, and lets it end in order', () => {
    expect(services.tunelint.depends_on.database.condition).toBe('service_healthy');
    expect(Number.parseInt(services.tunelint.stop_grace_period, 10)).toBeGreaterThan(10);
  });
});

/** The environment that an image gives its program. */
function variablesOf(file: string): Record<string, string> {
  const lines = [...file.matchAll(/^ENV (.*)$/gm)].flatMap(([, line = '']) => line.split(' '));
  return Object.fromEntries(lines.map((pair) => pair.split('=') as [string, string]));
}
