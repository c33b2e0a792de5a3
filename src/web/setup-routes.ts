import { randomBytes, timingSafeEqual } from 'node:crypto';
import { HostError } from '../app/hosting.js';
import { escapeHtml, htmlPage } from './html-page.js';
import { type Question, type Reply, type Route, textReply } from './reply.js';

export interface SetupOptions {
  /** What is asked of GitHub, without addresses. */
  readonly manifest: object;
  /** The host's pages: `https://github.com`. */
  readonly hostUrl: string;
  /** Where this server is reached from the outside, as far as it is known. */
  readonly publicUrl: string | null;
  /** Where the person who sets up reaches it. */
  readonly localUrl: string;
  /** Takes the registered App by its code, keeps its credentials and gives the address of its page. */
  readonly finish: (code: string, publicUrl: string) => Promise<string>;
  readonly webhookPath: string;
}

export interface Setup {
  /** The address to open. It holds a key, so that no stranger who finds the server registers an App of theirs. */
  readonly address: string;
  readonly route: Route;
}

/** The pages that register an App from its manifest, for who reads the terminal. */
export function createSetup(options: SetupOptions): Setup {
  const key = randomBytes(24).toString('base64url');
  // What was chosen on the first page, for the way back from GitHub.
  let publicUrl: string | null = options.publicUrl;
  const route: Route = async (question) => {
    const name = question.path.filter((part) => part !== '').join('/');
    if (name === '') return textReply(200, 'Tunelint is not set up yet. The terminal shows the address that does it.');
    if (name !== 'setup' && name !== 'setup/done') return null;
    const given = question.query.get(name === 'setup' ? 'key' : 'state') ?? '';
    if (!isKey(given, key)) return textReply(403, 'Open the whole address that the terminal shows.');
    if (name === 'setup') {
      publicUrl = addressOf(question.query.get('address')) ?? options.publicUrl;
      return setupPage(options, key, publicUrl, question);
    }
    return await finish(options, question, publicUrl);
  };
  return { address: `${options.localUrl}/setup?key=${key}`, route };
}

function isKey(given: string, key: string): boolean {
  const [told, right] = [Buffer.from(given), Buffer.from(key)];
  return told.length === right.length && timingSafeEqual(told, right);
}

/** The origin of an address that a host can send webhooks to; null for anything else. */
function addressOf(given: string | null): string | null {
  if (given === null || !URL.canParse(given)) return null;
  const url = new URL(given);
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.origin : null;
}

function setupPage(options: SetupOptions, key: string, publicUrl: string | null, { query }: Question): Reply {
  const account = (query.get('account') ?? '').replace(/[^\w-]/g, '');
  const register = publicUrl === null ? '' : registerForm(options, key, publicUrl, account);
  const body = `<h1>Set up Tunelint</h1>
<h2>1. Where GitHub reaches this server</h2>
<p>GitHub sends webhooks to this address, so it must be reachable from there. A tunnel to this machine will do for a trial.</p>
<form method="get" action="/setup">
<input type="hidden" name="key" value="${escapeHtml(key)}">
<p><label>Address <input name="address" type="url" required size="40" placeholder="https://tunelint.example.com" value="${escapeHtml(publicUrl ?? '')}"></label></p>
<p><label>Organisation, empty for your own account <input name="account" pattern="[A-Za-z0-9-]*" value="${escapeHtml(account)}"></label></p>
<p><button>Use these</button></p>
</form>
${register}`;
  return htmlPage({ title: 'Set up Tunelint', body, formTargets: ["'self'", new URL(options.hostUrl).origin] });
}

function registerForm(
  { manifest, hostUrl, localUrl, webhookPath }: SetupOptions,
  key: string,
  publicUrl: string,
  account: string,
): string {
  const owner = account === '' ? '' : `/organizations/${account}`;
  const complete = {
    ...manifest,
    hook_attributes: { url: `${publicUrl}${webhookPath}`, active: true },
    redirect_url: `${localUrl}/setup/done`,
  };
  return `<h2>2. Register the App</h2>
<p>GitHub shows what it may do, and lets you change its name. Webhooks go to <code>${escapeHtml(publicUrl + webhookPath)}</code>.</p>
<form method="post" action="${escapeHtml(`${hostUrl}${owner}/settings/apps/new?state=${key}`)}">
<input type="hidden" name="manifest" value="${escapeHtml(JSON.stringify(complete))}">
<p><button>Register on GitHub</button></p>
</form>`;
}

async function finish(options: SetupOptions, { query }: Question, publicUrl: string | null): Promise<Reply> {
  const code = query.get('code') ?? '';
  if (!/^[\w-]{1,200}$/.test(code)) return textReply(400, 'GitHub sent no code. Start again from the terminal.');
  try {
    const page = await options.finish(code, publicUrl ?? options.localUrl);
    const body = `<h1>Tunelint is registered</h1>
<p>Its credentials are kept where the terminal says, and it is starting with them now.</p>
<p><a href="${escapeHtml(`${page}/installations/new`)}">Install it on your repositories</a>, then open a pull request that touches training code.</p>`;
    return htmlPage({ title: 'Tunelint is registered', body });
  } catch (error) {
    if (error instanceof HostError) return textReply(502, `${error.message} ${error.advice}`);
    throw error;
  }
}
