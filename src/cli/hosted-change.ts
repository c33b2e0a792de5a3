import { HostError } from '../app/hosting.js';
import type { ChangeSource } from '../app/ports.js';
import { openPullRequest } from '../github/open-pull-request.js';
import type { RepoPath } from '../model/identifiers.js';
import { UserError } from '../model/user-error.js';
import type { HostedRepository } from '../presentation/markdown-places.js';
import { type GithubAddresses, githubAddresses, githubToken } from './github-addresses.js';
import { packageVersion } from './package-root.js';
import { type PullRequestName, writePullRequestName } from './pull-request-name.js';
import type { Environment } from './terminal.js';

export interface OpenedChange {
  readonly source: ChangeSource;
  /** Tells repositories apart: a folder or an address. */
  readonly place: string;
  /** Null for a change on this disk. */
  readonly hosted: HostedRepository | null;
}

export interface HostedChangeOptions {
  readonly environment: Environment;
  readonly reads: (path: RepoPath) => boolean;
  readonly blobBytes: number;
  readonly signal: AbortSignal;
}

/** Opens a pull request on GitHub with the user's own token. Nothing is written there. */
export async function openHostedChange(name: PullRequestName, options: HostedChangeOptions): Promise<OpenedChange> {
  const { environment, reads, blobBytes, signal } = options;
  const addresses = githubAddresses(environment);
  const token = githubToken(environment);
  const tell = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error) => Promise.reject(userErrorOf(error, name, addresses)));
  const source = await tell(
    openPullRequest({
      baseUrl: addresses.api,
      userAgent: `tunelint/${packageVersion()}`,
      token,
      reads,
      blobBytes,
      signal,
      owner: name.owner,
      name: name.repo,
      number: name.number,
    }),
  );
  if (source === null) throw unknownPullRequest(name, addresses);
  const hosted = { server: addresses.web, owner: name.owner, repo: name.repo };
  const told: ChangeSource = {
    ...source,
    snapshot: () => tell(source.snapshot()),
    readBlobs: (ids) => tell(source.readBlobs(ids)),
  };
  return { source: told, place: `${addresses.web}/${name.owner}/${name.repo}`, hosted };
}

/** What the App would wait for or tell its operator, told to somebody at a terminal. */
function userErrorOf(error: unknown, name: PullRequestName, addresses: GithubAddresses): unknown {
  if (!(error instanceof HostError)) return error;
  const { code, message } = error;
  switch (code) {
    case 'gone':
      return unknownPullRequest(name, addresses);
    case 'forbidden':
      return new UserError({
        code,
        message,
        advice:
          'The token in GITHUB_TOKEN may be wrong or too old, or may not read the contents and pull requests there.',
      });
    case 'rate-limited':
      return new UserError({ code, message, advice: 'Try again then.' });
    case 'unavailable':
      return new UserError({ code, message, advice: 'Try again later, or review a clone with `--repo`.' });
    case 'invalid':
      return new UserError({ code, message, advice: error.advice });
  }
}

function unknownPullRequest(name: PullRequestName, { web }: GithubAddresses): UserError {
  return new UserError({
    code: 'unknown-pull-request',
    message: `There is no pull request ${writePullRequestName(name)} on ${web} that your token may read.`,
    advice: 'Check the spelling, and that GITHUB_TOKEN belongs to somebody who can see it.',
  });
}
