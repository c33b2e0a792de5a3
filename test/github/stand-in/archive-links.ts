import { randomBytes } from 'node:crypto';
import { type Answer, type Call, repositoryOf } from './answer.js';
import { commitOf } from './contents.js';
import { Refusal } from './refusal.js';
import { type HostedRepository, nameOf, type World } from './world.js';

const ADDRESS = /^\/([^/]+)\/([^/]+)\/legacy\.tar\.gz\/([0-9a-f]{40})$/;
/** Links to archives of private repositories expire after five minutes: https://docs.github.com/en/rest/repos/contents */
const LINK_MILLISECONDS = 5 * 60_000;

/** Archives lie on a host of their own. Its addresses hold a permission, since no token comes with them. */
export class ArchiveLinks {
  readonly #world: World;
  readonly #root: () => string;
  readonly #permissions = new Map<string, { readonly repository: HostedRepository; readonly until: number }>();

  constructor(world: World, root: () => string) {
    this.#world = world;
    this.#root = root;
  }

  linkTo(call: Call): Answer {
    const repository = repositoryOf(call);
    const { ref = '' } = call.operation.parameters;
    const sha = commitOf(repository, ref === '' ? repository.defaultBranch : ref);
    const token = randomBytes(16).toString('hex');
    this.#permissions.set(token, { repository, until: Date.now() + LINK_MILLISECONDS });
    const location = `${this.#root()}/${nameOf(repository)}/legacy.tar.gz/${sha}?token=${token}`;
    return { status: 302, headers: { location } };
  }

  /** What the archive host answers. */
  async answer(url: URL): Promise<Answer> {
    const [, owner = '', name = '', sha = ''] = ADDRESS.exec(url.pathname) ?? [];
    const repository = this.#world.repository(owner, name);
    if (repository === null || !this.#isPermitted(repository, url)) return new Refusal(404, 'Not Found').answer;
    const raw = await repository.git.archive(sha, `${owner}-${name}-${sha.slice(0, 7)}/`);
    return { status: 200, raw, headers: { 'content-type': 'application/x-gzip' } };
  }

  #isPermitted(repository: HostedRepository, url: URL): boolean {
    if (!repository.private) return true;
    const permission = this.#permissions.get(url.searchParams.get('token') ?? '');
    return permission?.repository === repository && permission.until > Date.now();
  }
}
