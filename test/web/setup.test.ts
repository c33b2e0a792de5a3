import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { takeRegisteredApp } from '../../src/github/app-manifest.js';
import { WEBHOOK_PATH } from '../../src/web/front.js';
import { createSetup, type SetupOptions } from '../../src/web/setup-routes.js';
import { useServers } from './serving.js';

const { serve } = useServers();
const MANIFEST = { name: 'Tunelint', default_permissions: { checks: 'write' }, quote: `"'<b>` };

describe('the setup', () => {
  const finished: unknown[] = [];
  let address: URL;

  async function setUp(changes: Partial<SetupOptions> = {}): Promise<void> {
    const setup = createSetup({
      manifest: MANIFEST,
      hostUrl: 'https://github.com',
      publicUrl: null,
      localUrl: 'http://localhost:3000',
      webhookPath: WEBHOOK_PATH,
      finish: async (...taken) => {
        finished.push(taken);
        return 'https://github.com/apps/tunelint-of-acme';
      },
      ...changes,
    });
    const origin = await serve({ routes: [setup.route] });
    address = new URL(setup.address.replace('http://localhost:3000', origin));
  }

  beforeEach(async () => {
    finished.length = 0;
    await setUp();
  });

  function at(path: string, query: Record<string, string>): URL {
    const url = new URL(path, address);
    url.search = new URLSearchParams(query).toString();
    return url;
  }

  const key = () => address.searchParams.get('key') ?? '';

  it('asks first where GitHub reaches this server', async () => {
    const text = await (await fetch(address)).text();
    expect(text).toContain('name="address"');
    expect(text).not.toContain('name="manifest"');
  });

  it('sends the manifest to GitHub, with both addresses in it', async () => {
    const response = await fetch(at('/setup', { key: key(), address: 'https://lint.acme.test/x', account: 'acme' }));
    const text = await response.text();
    expect(text).toContain(`action="https://github.com/organizations/acme/settings/apps/new?state=${key()}"`);
    const value = /name="manifest" value="([^"]*)"/.exec(text)?.[1] ?? '';
    expect(JSON.parse(unescaped(value))).toEqual({
      ...MANIFEST,
      hook_attributes: { url: `https://lint.acme.test${WEBHOOK_PATH}`, active: true },
      redirect_url: 'http://localhost:3000/setup/done',
    });
    expect(response.headers.get('content-security-policy')).toContain("form-action 'self' https://github.com");
  });

  it('knows the address already where an operator gave it', async () => {
    await setUp({ publicUrl: 'https://lint.acme.test' });
    expect(await (await fetch(address)).text()).toContain('action="https://github.com/settings/apps/new?state=');
  });

  it('takes the App that GitHub registered', async () => {
    await fetch(at('/setup', { key: key(), address: 'https://lint.acme.test' }));
    const response = await fetch(at('/setup/done', { code: 'a1b2', state: key() }));
    expect(finished).toEqual([['a1b2', 'https://lint.acme.test']]);
    expect(await response.text()).toContain('href="https://github.com/apps/tunelint-of-acme/installations/new"');
  });

  it.each([
    ['the page to a stranger', '/setup', { address: 'https://evil.test' }],
    ['the page to somebody who guesses', '/setup', { key: 'x'.repeat(32), address: 'https://evil.test' }],
    ['an App of a stranger', '/setup/done', { code: 'a1b2' }],
    ['an App of somebody who guesses', '/setup/done', { code: 'a1b2', state: 'x'.repeat(32) }],
  ])('refuses %s', async (_, path, query) => {
    const response = await fetch(at(path, query));
    expect([response.status, finished]).toEqual([403, []]);
    expect(await response.text()).not.toContain(key());
  });

  it.each([{}, { code: '' }, { code: '../../x' }])('refuses a way back with %j', async (query) => {
    const response = await fetch(at('/setup/done', { ...query, state: key() }));
    expect([response.status, finished]).toEqual([400, []]);
  });

  it.each([
    ['an address', { address: 'javascript:alert(1)' }],
    ['an address', { address: 'https://a.test/"><script>alert(1)</script>' }],
    ['an account', { address: 'https://a.test', account: '"><script>alert(1)</script>' }],
  ])('makes nothing of %s that is none', async (_, query) => {
    const text = await (await fetch(at('/setup', { key: key(), ...query }))).text();
    expect(text).not.toMatch(/<script|javascript:/);
  });
});

describe('taking the App that was registered', () => {
  let host: Server;
  let status = 201;
  const asked: string[] = [];
  const APP = {
    id: 42,
    pem: 'KEY',
    webhook_secret: 'secret',
    html_url: 'https://github.com/apps/x',
    client_secret: 's',
  };

  beforeEach(async () => {
    asked.length = 0;
    host = createServer((request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? 'nobody'}`);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(APP));
    });
    await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => {
    host.closeAllConnections();
    host.close();
  });

  const url = () => `http://127.0.0.1:${(host.address() as AddressInfo).port}/api/v3`;

  it('keeps what is needed of the answer', async () => {
    status = 201;
    expect(await takeRegisteredApp(url(), 'a1b2')).toEqual({
      appId: 42,
      privateKey: 'KEY',
      webhookSecret: 'secret',
      page: 'https://github.com/apps/x',
    });
    expect(asked).toEqual(['POST /api/v3/app-manifests/a1b2/conversions nobody']);
  });

  it.each([404, 422, 500])('says how to start again where the answer is %i', async (answer) => {
    status = answer;
    const error = await takeRegisteredApp(url(), 'a1b2').catch((cause) => cause);
    expect(error).toMatchObject({ name: 'HostError', code: 'invalid', advice: expect.stringContaining('Start again') });
  });
});

function unescaped(html: string): string {
  return html
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
