import type { CodeHost } from '../../src/app/hosting.js';
import type { TreeCache } from '../../src/app/keeping.js';
import type { Log } from '../../src/app/log.js';
import { type CodeHostOptions, createCodeHost } from '../../src/github/code-host.js';
import type { Pacing } from '../../src/github/pacing.js';
import type { TreeListing } from '../../src/model/change.js';
import { commitSha } from '../../src/model/identifiers.js';
import type { PullRequest, RepositoryIdentity } from '../../src/model/pull-request.js';
import { APP_ID, type Github } from './stand-in/stand-in.js';
import type { HostedPull, HostedRepository } from './stand-in/world.js';

/** Waits that are as many as on GitHub, and short. */
export const SHORT: Partial<Pacing> = { writeSpacing: 0, unnamedWait: 10, backoff: 5 };

export const SILENT: Log = { info: () => {}, warn: () => {}, error: () => {}, child: () => SILENT };

/** The App, against a stand-in for GitHub. */
export function hostFor(github: Github, options: Partial<CodeHostOptions> = {}): CodeHost {
  return createCodeHost({
    baseUrl: github.apiUrl,
    app: { appId: APP_ID, privateKey: github.privateKey },
    userAgent: 'tunelint-test',
    trees: null,
    reads: () => true,
    blobBytes: 10 * 1024 * 1024,
    log: SILENT,
    pacing: SHORT,
    ...options,
  });
}

export function identityOf(hosted: HostedRepository): RepositoryIdentity {
  const { id, owner, name, defaultBranch } = hosted;
  return { id, owner, name, private: hosted.private, defaultBranch };
}

export function pullRequestOf(hosted: HostedRepository, pull: HostedPull): PullRequest {
  return {
    installation: hosted.installation ?? 0,
    repository: identityOf(hosted),
    number: pull.number,
    head: commitSha(pull.head),
    base: commitSha(hosted.git.commit(pull.baseRef) ?? ''),
    open: pull.open,
    draft: pull.draft,
    updatedAt: pull.updatedAt,
  };
}

export class MemoryTrees implements TreeCache {
  readonly kept = new Map<string, TreeListing>();

  read: TreeCache['read'] = async (repository, commit) => this.kept.get(`${repository} ${commit}`) ?? null;

  write: TreeCache['write'] = async (repository, listing) => {
    this.kept.set(`${repository} ${listing.commit}`, listing);
  };
}
