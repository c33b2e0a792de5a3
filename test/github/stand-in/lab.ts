import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect } from '@jest/globals';
import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/rest';
import { createRepository, type TestRepository } from '../../git/repository.js';
import { APP_ID, type Github, startGithub } from './stand-in.js';
import type { HostedPull, HostedRepository } from './world.js';

/** Forty lines that tell their number. */
export const TRAIN = Array.from({ length: 40 }, (_, index) => `line ${index + 1}\n`).join('');

export const LAB = { owner: 'acme', repo: 'lab' } as const;

/** A stand-in with one repository, which has one pull request: made anew for each test. */
export interface Lab {
  readonly git: TestRepository;
  readonly github: Github;
  readonly repository: HostedRepository;
  readonly pull: HostedPull;
  /** A client of the installation, and one of the App itself. */
  readonly octokit: Octokit;
  readonly app: Octokit;
}

/**
 * Gives the tests of a file a lab. What does not hold to GitHub's description fails the test that asked for it, unless
 * the test took it.
 */
export function useLab(): Lab {
  let lab: Lab;
  beforeEach(async () => {
    const github = await startGithub();
    const git = changedRepository();
    const repository = github.world.add({ folder: git.folder, name: 'lab' });
    const { pull } = github.people.open(repository, { branch: 'change' });
    const id = { appId: APP_ID, privateKey: github.privateKey };
    const octokit = clientOf(github, { ...id, installationId: repository.installation });
    lab = { git, github, repository, pull, octokit, app: clientOf(github, id) };
  });
  afterAll(() => {
    template?.remove();
    template = null;
  });
  afterEach(async () => {
    await lab.github.close();
    lab.git.remove();
    expect(lab.github.violations).toEqual([]);
  });
  return new Proxy({} as Lab, { get: (_, name) => lab[name as keyof Lab] });
}

let template: TestRepository | null = null;

/** A repository of its own, copied from one that is made once. */
function changedRepository(): TestRepository {
  template ??= buildRepository();
  const git = createRepository();
  rmSync(join(git.folder, '.git'), { recursive: true });
  cpSync(template.folder, git.folder, { recursive: true });
  return git;
}

/** A file that changed, one that moved and one that is binary, on a branch that the base has left behind. */
function buildRepository(): TestRepository {
  const git = createRepository();
  git.commit({ 'train.py': TRAIN, 'old.yml': 'a: 1\nb: 2\nc: 3\n', 'data.bin': Buffer.from([0, 1, 2]) });
  git.git('checkout', '-q', '-b', 'change');
  git.rename('old.yml', 'new.yml');
  git.commit({ 'train.py': TRAIN.replace('line 20\n', 'line twenty\n'), 'data.bin': Buffer.from([0, 3]) });
  git.git('checkout', '-q', 'main');
  git.commit({ 'README.md': 'moved on\n' });
  return git;
}

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

/** A client of the App, or of an installation of it. */
export function clientOf(github: Github, auth: object): Octokit {
  return new Octokit({ baseUrl: github.apiUrl, authStrategy: createAppAuth, auth, log: SILENT });
}

/** A client of whom the token is of, or of nobody. */
export function clientWith(github: Github, token?: string): Octokit {
  return new Octokit({ baseUrl: github.apiUrl, log: SILENT, ...(token === undefined ? {} : { auth: token }) });
}

export async function statusOf(request: Promise<{ readonly status: number }>): Promise<number> {
  return await request.then(
    ({ status }) => status,
    (error: { status: number }) => error.status,
  );
}

interface Failure {
  readonly response: { readonly data: { readonly message: string; readonly errors?: unknown } };
}

/** What a refused request was told. */
export async function refusalOf(request: Promise<unknown>): Promise<Failure['response']['data']> {
  const failure = await request.then(
    () => null,
    (error: Failure) => error,
  );
  if (failure === null) throw new Error('it was not refused');
  return failure.response.data;
}
