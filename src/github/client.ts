import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/rest';
import { statusOf } from './host-errors.js';
import type { Traffic } from './traffic.js';

export { Octokit } from '@octokit/rest';

/** Who asks: the App itself, one of its installations, or a person by their token. */
export type Credentials =
  | { readonly kind: 'app'; readonly app: AppKey }
  | { readonly kind: 'installation'; readonly app: AppKey; readonly id: number; readonly tokens: TokenCache }
  | { readonly kind: 'token'; readonly token: string };

export interface AppKey {
  readonly appId: number;
  /** In PEM. */
  readonly privateKey: string;
}

/** Keeps the tokens of installations while they are valid. */
export interface TokenCache {
  get(key: string): string | undefined;
  set(key: string, value: string): unknown;
  /** False where there was none. */
  delete(key: string): boolean;
}

export interface ClientOptions {
  /** The root of the REST API: `https://api.github.com`, `https://ghe.example.com/api/v3`. */
  readonly baseUrl: string;
  readonly userAgent: string;
  readonly credentials: Credentials;
  readonly traffic: Traffic;
  readonly signal: AbortSignal;
}

/** Octokit with our traffic under it. It holds no state of its own, so that each piece of work can have one. */
export function createClient({ baseUrl, userAgent, credentials, traffic, signal }: ClientOptions): Octokit {
  const client = new Octokit({
    baseUrl,
    userAgent,
    log: SILENT,
    request: { fetch: traffic.fetchWith(signal) },
    ...authentication(credentials),
  });
  if (credentials.kind === 'installation') renewToken(client, credentials);
  return client;
}

/** A token may end before its hour: once the App is granted something else, or is suspended for a while. */
function renewToken(client: Octokit, { id, tokens }: Extract<Credentials, { kind: 'installation' }>): void {
  client.hook.wrap('request', async (request, options) => {
    try {
      return await request(options);
    } catch (error) {
      if (statusOf(error) !== 401 || !tokens.delete(String(id))) throw error;
      return await request(options);
    }
  });
}

/** What Octokit would say on the console is in the errors already, or of no use to an operator. */
const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

function authentication(credentials: Credentials): ConstructorParameters<typeof Octokit>[0] {
  switch (credentials.kind) {
    case 'token':
      return { auth: credentials.token };
    case 'app':
      return { authStrategy: createAppAuth, auth: { ...credentials.app } };
    case 'installation': {
      const { app, id, tokens } = credentials;
      return { authStrategy: createAppAuth, auth: { ...app, installationId: id, cache: tokens } };
    }
  }
}
