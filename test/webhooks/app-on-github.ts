import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import { createRepository, type FileContent, type TestRepository } from '../git/repository.js';
import { type AppBehindGithub, startAppBehind } from '../github/stand-in/app-process.js';
import type { Webhook } from '../github/stand-in/deliveries.js';
import type { RecordedRequest } from '../github/stand-in/faults.js';
import { type Github, startGithub } from '../github/stand-in/stand-in.js';
import type { HostedCheck, HostedComment, HostedPull, HostedRepository } from '../github/stand-in/world.js';
import { openJobs } from '../support/open-jobs.js';
import { until } from '../support/until.js';

export type Files = Readonly<Record<string, FileContent>>;

/** The App as a process of its own, before a stand-in for GitHub that holds every request to GitHub's description. */
export class AppOnGithub {
  readonly github: Github;
  readonly folder: string;
  readonly repositories: RepositoryOnGithub[] = [];
  #app: AppBehindGithub | null = null;

  constructor(github: Github) {
    this.github = github;
    this.folder = mkdtempSync(join(tmpdir(), 'tunelint-app-'));
  }

  get app(): AppBehindGithub {
    if (this.#app === null) throw new Error('the App does not run');
    return this.#app;
  }

  /** Starts it, or starts it again at the same address. */
  async start(environment: Readonly<Record<string, string>> = {}): Promise<void> {
    const port = this.#app === null ? {} : { port: Number(new URL(this.#app.address).port) };
    this.#app = await startAppBehind({ github: this.github, dataDir: this.folder, environment, ...port });
  }

  /** Waits until what the App sweeps when it starts is swept. */
  async hasSwept(): Promise<void> {
    await until(() => /"sweep":"store","msg":"swept"/.test(this.app.log()));
  }

  /** A repository with an installation of its own, so that no test waits for the writes of another. */
  add(files: Files, given: { readonly private?: boolean } = {}): RepositoryOnGithub {
    const git = createRepository();
    git.commit(files);
    const number = this.repositories.length + 1;
    const hosted = this.github.world.add({
      folder: git.folder,
      name: `lab-${number}`,
      installation: 700 + number,
      ...given,
    });
    const repository = new RepositoryOnGithub(this, git, hosted);
    this.repositories.push(repository);
    return repository;
  }

  /** Sends a webhook and waits until nothing is left to do. */
  async tell(webhook: Webhook): Promise<void> {
    const { status } = await this.github.send(webhook);
    expect(status).toBe(200);
    await this.idle();
  }

  /** Waits until no job waits or is worked on, as the App's own page tells. */
  async idle(): Promise<void> {
    await until(async () => (await openJobs(this.app.address)) === 0);
  }

  async close(): Promise<void> {
    await this.#app?.stop();
    await this.github.close();
    for (const { git } of this.repositories) git.remove();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export interface OpenOptions {
  readonly draft?: boolean;
  readonly fork?: HostedPull['fork'];
}

/** A repository as its people see it. The last commit of a branch is where its pull request is. */
export class RepositoryOnGithub {
  readonly #world: AppOnGithub;
  readonly git: TestRepository;
  readonly hosted: HostedRepository;

  constructor(world: AppOnGithub, git: TestRepository, hosted: HostedRepository) {
    this.#world = world;
    this.git = git;
    this.hosted = hosted;
  }

  /** Opens a pull request of a new branch, and waits until it is reviewed. */
  open(files: Files, given: OpenOptions = {}): Promise<PullOnGithub> {
    return this.prepare(files, given)();
  }

  /**
   * The same in two steps, for several at once: git stops this process while it works, so that all of them are made before
   * the first webhook waits for its answer.
   */
  prepare(files: Files, given: OpenOptions = {}): () => Promise<PullOnGithub> {
    const branch = `change-${this.hosted.pulls.size + 1}`;
    this.git.git('checkout', '-q', '-B', branch, 'main');
    this.git.commit(files);
    const { pull, webhook } = this.#world.github.people.open(this.hosted, { branch, ...given });
    return async () => {
      await this.#world.tell(webhook);
      return new PullOnGithub(this.#world, this, pull);
    };
  }

  /** Commits to the default branch, without an event that tells of it. */
  commitToMain(files: Files): void {
    this.git.git('checkout', '-q', 'main');
    this.git.commit(files);
  }

  checksOn(head: string): readonly HostedCheck[] {
    return this.hosted.checks.filter((check) => check.head === head);
  }
}

export class PullOnGithub {
  readonly #world: AppOnGithub;
  readonly repository: RepositoryOnGithub;
  readonly pull: HostedPull;

  constructor(world: AppOnGithub, repository: RepositoryOnGithub, pull: HostedPull) {
    this.#world = world;
    this.repository = repository;
    this.pull = pull;
  }

  /** What the App wrote of these files, in the order of lines. */
  get comments(): readonly HostedComment[] {
    return this.pull.comments.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || a.id - b.id);
  }

  /** Where comments stand: `train.py:RIGHT:6`. */
  get places(): readonly string[] {
    return this.comments.map(({ path, side, startLine, line }) => {
      return `${path}:${side}:${startLine === null || startLine === line ? line : `${startLine}-${line}`}`;
    });
  }

  /** The check run of the head that GitHub shows: the newest. Older ones are completed, and none is left out. */
  get check(): HostedCheck {
    const checks = this.repository.checksOn(this.pull.head);
    expect(checks.map(({ status }) => status)).toEqual(checks.map(() => 'completed'));
    return checks.at(-1) as HostedCheck;
  }

  /** Commits to the branch, and waits until that is reviewed. */
  async push(files: Files): Promise<void> {
    this.commit(files);
    await this.tellOfPush();
  }

  /** Commits to the branch, and nobody is told. */
  commit(files: Files): void {
    this.repository.git.git('checkout', '-q', this.pull.headRef);
    this.repository.git.commit(files);
  }

  /** Writes the branch anew with git, as a rebase does, and waits until that is reviewed. */
  async rewrite(...commands: readonly (readonly string[])[]): Promise<void> {
    const { git } = this.repository.git;
    git('checkout', '-q', this.pull.headRef);
    for (const command of commands) git(...command);
    await this.tellOfPush();
  }

  async tellOfPush(): Promise<void> {
    await this.#world.tell(this.#world.github.people.push(this.repository.hosted, this.pull));
  }

  async close(): Promise<void> {
    await this.#world.tell(this.#world.github.people.close(this.repository.hosted, this.pull));
  }

  async reopen(): Promise<void> {
    await this.#world.tell(this.#world.github.people.reopen(this.repository.hosted, this.pull));
  }
}

/** One App for all tests of a file. Whatever they make it do is allowed by GitHub's description, or the test fails. */
export function useApp(environment: Readonly<Record<string, string>> = {}): AppOnGithub {
  let world: AppOnGithub | null = null;
  beforeAll(async () => {
    world = new AppOnGithub(await startGithub());
    await world.start(environment);
    await world.hasSwept();
  });
  afterEach(() => {
    expect(world?.github.takeViolations()).toEqual([]);
  });
  afterAll(async () => {
    await world?.close();
  });
  return new Proxy({} as AppOnGithub, {
    get(_, name) {
      const value = Reflect.get(world as object, name, world);
      return typeof value === 'function' ? value.bind(world) : value;
    },
  });
}

/** What was written while something was done, in order: `checks/create`, `pulls/create-review` and so on. */
export async function writesDuring(world: AppOnGithub, work: () => Promise<unknown>): Promise<string[]> {
  const requests = await requestsDuring(world, work);
  return requests.filter(isWrite).map(({ operation }) => operation);
}

export async function requestsDuring(
  world: AppOnGithub,
  work: () => Promise<unknown>,
): Promise<readonly RecordedRequest[]> {
  const before = world.github.requests.length;
  await work();
  return world.github.requests.slice(before);
}

function isWrite({ method, operation }: RecordedRequest): boolean {
  return method !== 'GET' && operation !== 'graphql' && operation !== 'apps/create-installation-access-token';
}
