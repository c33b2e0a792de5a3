import { UserError } from '../model/user-error.js';
import type { Environment } from './terminal.js';

/** Where GitHub is, for programs and for people; neither with a slash at its end. */
export interface GithubAddresses {
  readonly api: string;
  readonly web: string;
}

/** The same variables, and the same addresses from them, as in Probot. */
export function serverAddresses(host: string | undefined, protocol: string): GithubAddresses {
  if (host === undefined) return { api: 'https://api.github.com', web: 'https://github.com' };
  return { api: `${protocol}://${host}/api/v3`, web: `${protocol}://${host}` };
}

/**
 * Which GitHub a command is for: GHE_HOST, else GITHUB_API_URL as workflows have it, else github.com. An empty variable
 * counts as one that is not set.
 */
export function githubAddresses(env: Environment): GithubAddresses {
  const { GHE_HOST, GHE_PROTOCOL, GITHUB_API_URL, GITHUB_SERVER_URL } = env;
  if (isSet(GHE_HOST)) return serverAddresses(GHE_HOST, isSet(GHE_PROTOCOL) ? GHE_PROTOCOL : 'https');
  if (!isSet(GITHUB_API_URL)) return serverAddresses(undefined, 'https');
  const api = addressIn(GITHUB_API_URL, 'GITHUB_API_URL');
  return { api, web: isSet(GITHUB_SERVER_URL) ? addressIn(GITHUB_SERVER_URL, 'GITHUB_SERVER_URL') : webOf(api) };
}

/** What a command may read with: GH_TOKEN, else GITHUB_TOKEN, as in GitHub's own command line. */
export function githubToken(env: Environment): string {
  const token = [env.GH_TOKEN, env.GITHUB_TOKEN].find(isSet);
  if (token !== undefined) return token;
  throw new UserError({
    code: 'no-token',
    message: 'GITHUB_TOKEN is not set.',
    advice:
      'Set it to a token that may read the contents and pull requests of the repository; `gh auth token` prints one.',
  });
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}

function addressIn(text: string, name: string): string {
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text.replace(/\/+$/, '');
  throw new UserError({
    code: 'unusable-settings',
    message: `The environment variable ${name} is not an address.`,
    advice: 'Set it to one such as https://api.github.com or https://HOST/api/v3, or leave it out for github.com.',
  });
}

/** `https://HOST/api/v3` is of `https://HOST`, and `https://api.HOST` too. */
function webOf(api: string): string {
  const { protocol, host } = new URL(api);
  return `${protocol}//${host.replace(/^api\./, '')}`;
}
