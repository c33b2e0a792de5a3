import { writeFileSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readOperatorSettings } from '../../src/cli/operator-settings.js';
import { addToSettingsFile, readSettingsFile, settingsFile } from '../../src/cli/settings-file.js';
import { UserError } from '../../src/model/user-error.js';
import { madeUpCredentials } from '../support/credentials.js';

const { privateKey } = madeUpCredentials();
const APP = { APP_ID: '42', PRIVATE_KEY: privateKey, WEBHOOK_SECRET: 'long-and-random' };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tunelint-settings-'));
  writeFileSync(join(folder, 'app.pem'), privateKey);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the settings of an operator', () => {
  it('have defaults for all but the credentials', () => {
    expect(readOperatorSettings({}, '/srv')).toEqual({
      host: '127.0.0.1',
      port: 3000,
      dataFolder: '/srv/.tunelint',
      databaseUrl: null,
      publicUrl: null,
      production: false,
      logLevel: 'info',
      jobs: 2,
      github: { api: 'https://api.github.com', web: 'https://github.com' },
      credentials: null,
    });
  });

  it('take an empty variable for one that is not set', () => {
    const empty = Object.fromEntries(['PORT', 'DATABASE_URL', 'APP_ID', 'GHE_HOST', 'JOBS'].map((name) => [name, '']));
    expect(readOperatorSettings(empty, '/srv')).toEqual(readOperatorSettings({}, '/srv'));
  });

  it.each([
    ['in its lines', { PRIVATE_KEY: privateKey }],
    ['in one line', { PRIVATE_KEY: privateKey.replaceAll('\n', '\\n') }],
    ['in base64', { PRIVATE_KEY: Buffer.from(privateKey).toString('base64') }],
    ['in a file', { PRIVATE_KEY: undefined, PRIVATE_KEY_PATH: 'app.pem' }],
  ])('take a private key %s', (_, key) => {
    const { credentials } = readOperatorSettings({ ...APP, ...key }, folder);
    expect(credentials?.privateKey.trim()).toBe(privateKey.trim());
  });

  it('make badge tokens from the webhook secret, unless there is another', () => {
    const secretOf = (env: object) => readOperatorSettings({ ...APP, ...env }, folder).credentials?.badgeSecret;
    expect([secretOf({}), secretOf({ BADGE_SECRET: 'its own' })]).toEqual(['long-and-random', 'its own']);
  });

  it('find another host as Probot does', () => {
    const { github } = readOperatorSettings({ GHE_HOST: 'git.acme.test:8443', GHE_PROTOCOL: 'http' }, '/srv');
    expect(github).toEqual({ api: 'http://git.acme.test:8443/api/v3', web: 'http://git.acme.test:8443' });
  });

  it.each<[string, string, Record<string, string | undefined>, RegExp]>([
    ['no number for a port', 'unusable-settings', { PORT: 'http' }, /PORT must be a port/],
    ['a port that there is not', 'unusable-settings', { PORT: '70000' }, /PORT/],
    ['a database that is not PostgreSQL', 'unusable-settings', { DATABASE_URL: 'mysql://a:pass@b/c' }, /DATABASE_URL/],
    ['an address without its protocol', 'unusable-settings', { PUBLIC_URL: 'tunelint.example' }, /PUBLIC_URL/],
    ['an unknown log level', 'unusable-settings', { LOG_LEVEL: 'loud' }, /LOG_LEVEL/],
    ['no jobs', 'unusable-settings', { JOBS: '0' }, /JOBS/],
    ['no secret', 'incomplete-credentials', { ...APP, WEBHOOK_SECRET: undefined }, /WEBHOOK_SECRET/],
    ['no key', 'incomplete-credentials', { ...APP, PRIVATE_KEY: '' }, /PRIVATE_KEY/],
    ['no number of an App', 'incomplete-credentials', { ...APP, APP_ID: undefined }, /APP_ID/],
    ["Probot's own default secret", 'guessable-secret', { ...APP, WEBHOOK_SECRET: 'development' }, /WEBHOOK_SECRET/],
    ['a key that is none', 'unusable-settings', { ...APP, PRIVATE_KEY: 'hunter2' }, /PRIVATE_KEY is not/],
    ['half a key', 'unusable-settings', { ...APP, PRIVATE_KEY: privateKey.slice(0, 400) }, /PRIVATE_KEY is not/],
    ['a file that is not there', 'unusable-settings', { ...APP, PRIVATE_KEY: '', PRIVATE_KEY_PATH: 'x.pem' }, /_PATH/],
    ['several processes and no server', 'several-processes', { WEB_CONCURRENCY: '2' }, /DATABASE_URL|WEB_CONC/],
  ])('are refused with %s', (_, code, env, message) => {
    let error: unknown;
    try {
      readOperatorSettings(env, folder);
    } catch (cause) {
      error = cause;
    }
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    for (const secret of ['hunter2', 'pass@', privateKey.slice(40, 80)]) expect(String(error)).not.toContain(secret);
  });

  it('allow several processes with a server', () => {
    const env = { WEB_CONCURRENCY: '2', DATABASE_URL: 'postgres://tunelint@db/tunelint' };
    expect(readOperatorSettings(env, '/srv').databaseUrl).toBe(env.DATABASE_URL);
  });
});

describe('the file of settings in the data folder', () => {
  it('keeps what is added to it, for its owner alone', async () => {
    const data = join(folder, 'data');
    expect(await readSettingsFile(settingsFile(data))).toEqual({});
    await addToSettingsFile(data, { ...APP, APP_ID: '1' });
    await addToSettingsFile(data, { APP_ID: '42' });
    const read = await readSettingsFile(settingsFile(data));
    expect(readOperatorSettings(read, data).credentials).toMatchObject({ appId: 42, webhookSecret: 'long-and-random' });
    expect((await stat(settingsFile(data))).mode & 0o777).toBe(0o600);
  });
});
