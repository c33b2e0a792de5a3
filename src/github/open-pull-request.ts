import type { Log } from '../app/log.js';
import type { ChangeSource } from '../app/ports.js';
import type { RepoPath } from '../model/identifiers.js';
import { createClient } from './client.js';
import { asking, statusOf } from './host-errors.js';
import { openPullRequestChange } from './hosted-change.js';
import { identityOf, pullRequestOf } from './identities.js';
import { DEFAULT_PACING, type Pacing, REAL_TIME } from './pacing.js';
import { Traffic } from './traffic.js';

export interface PullRequestOptions {
  /** The root of the REST API, without a slash at its end. */
  readonly baseUrl: string;
  readonly userAgent: string;
  /** Of a person or of a workflow. */
  readonly token: string;
  readonly owner: string;
  readonly name: string;
  readonly number: number;
  /** Whether files of this name are ever read. */
  readonly reads: (path: RepoPath) => boolean;
  /** Larger contents are not read. */
  readonly blobBytes: number;
  readonly signal: AbortSignal;
  readonly pacing?: Partial<Pacing>;
}

/** A pull request as it is now, read with a token. Null where the token shows none. */
export async function openPullRequest(options: PullRequestOptions): Promise<ChangeSource | null> {
  const { baseUrl, userAgent, token, owner, name, number, signal } = options;
  const traffic = new Traffic({ ...DEFAULT_PACING, ...options.pacing }, REAL_TIME);
  const client = createClient({ baseUrl, userAgent, credentials: { kind: 'token', token }, traffic, signal });
  const access = { client, signal, once: traffic.fetchWith(signal, 1) };
  const answer = await asking(signal, () =>
    client.rest.pulls.get({ owner, repo: name, pull_number: number }).catch((error) => {
      if (statusOf(error) === 404) return null;
      throw error;
    }),
  );
  if (answer === null) return null;
  // There is no installation: the token stands for itself.
  const pullRequest = pullRequestOf(answer.data, identityOf(answer.data.base.repo), 0);
  return openPullRequestChange(pullRequest, { ...options, access, trees: null, log: QUIET });
}

/** What goes another way than planned takes longer, and is of no use to who waits for it. */
const QUIET: Log = { info: () => {}, warn: () => {}, error: () => {}, child: () => QUIET };
