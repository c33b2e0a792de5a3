import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { UserError } from '../model/user-error.js';
import { PACKAGE_ROOT } from './package-root.js';
import type { Environment } from './terminal.js';

/** A change in a repository that exists for as long as it is open. */
export interface ExampleChange {
  readonly repo: string;
  readonly base: string;
  readonly head: string;
  readonly close: () => Promise<void>;
}

const FILES = new URL('examples/change/', PACKAGE_ROOT);

/**
 * Makes a repository of two commits from the example files of the package: a small fine-tuning project, and a change to
 * it that a reviewer would stop. Its commits have the same ids on every machine.
 */
export async function openExampleChange(env: Environment): Promise<ExampleChange> {
  const repo = await mkdtemp(join(tmpdir(), 'tunelint-example-'));
  const close = () => rm(repo, { recursive: true, force: true });
  try {
    const git = (...args: string[]) => runGit(args, repo, env);
    await git('init', '--quiet');
    await commit('base', repo, git);
    await commit('head', repo, git);
    return { repo, base: 'HEAD~1', head: 'HEAD', close };
  } catch (error) {
    await close();
    throw error;
  }
}

type Git = (...args: string[]) => Promise<unknown>;

async function commit(side: 'base' | 'head', repo: string, git: Git): Promise<void> {
  for (const name of await readdir(repo)) if (name !== '.git') await rm(join(repo, name), { recursive: true });
  await cp(fileURLToPath(new URL(`${side}/`, FILES)), repo, { recursive: true });
  await git('add', '--all', '--force');
  await git('commit', '--quiet', '--no-verify', '--message', side);
}

async function runGit(args: readonly string[], cwd: string, env: Environment): Promise<void> {
  try {
    await promisify(execFile)('git', [...args], { cwd, env: gitEnvironment(env) });
  } catch (cause) {
    throw new UserError({
      code: 'no-example',
      message: `The example repository could not be made: \`git ${args[0]}\` failed.`,
      advice: 'Check that git is installed and that the folder for temporary files can be written to.',
      cause,
    });
  }
}

/** Nothing of the user's git reaches the example: no hook, no signing, no other repository, no other time zone. */
function gitEnvironment(env: Environment): Record<string, string> {
  const own = Object.entries(env).filter(([name, value]) => value !== undefined && !name.startsWith('GIT_'));
  const person = { NAME: 'Tunelint', EMAIL: 'tunelint@localhost', DATE: '2024-01-01T00:00:00Z' };
  const people = Object.entries(person).flatMap(([field, value]) => [
    [`GIT_AUTHOR_${field}`, value],
    [`GIT_COMMITTER_${field}`, value],
  ]);
  return Object.fromEntries([
    ...own,
    ...people,
    ['GIT_CONFIG_GLOBAL', devNull],
    ['GIT_CONFIG_NOSYSTEM', '1'],
    ['GIT_TEMPLATE_DIR', ''],
  ]);
}
