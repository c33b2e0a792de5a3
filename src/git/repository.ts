import { stat } from 'node:fs/promises';
import { UserError } from '../model/user-error.js';
import type { Git } from './command.js';

/** A repository on this disk, as git found it from a folder. */
export interface Repository {
  /** The folder the user named; git looks upwards from it. */
  readonly folder: string;
  readonly bare: boolean;
  /** Cut off at some depth, so that older commits are not here. */
  readonly shallow: boolean;
  readonly objectFormat: 'sha1' | 'sha256';
  /** Where its objects lie, absolute. */
  readonly objects: string;
}

/**
 * Finds the repository a folder belongs to. Fails with `no-such-folder`, `not-a-repository`, `unsafe-ownership` or
 * `git-missing`.
 */
export async function findRepository(git: Git, folder: string): Promise<Repository> {
  await requireFolder(folder);
  const asked = ['--is-bare-repository', '--is-shallow-repository', '--show-object-format'];
  // The path comes last: it may hold line ends itself.
  const answer = await git.run(['rev-parse', ...asked, '--path-format=absolute', '--git-path', 'objects'], { folder });
  if (answer.code !== 0) throw cannotOpen(folder, answer.complaint);
  const [bare, shallow, format, ...objects] = answer.output.toString().split('\n');
  return {
    folder,
    bare: bare === 'true',
    shallow: shallow === 'true',
    objectFormat: format === 'sha256' ? 'sha256' : 'sha1',
    objects: objects.slice(0, -1).join('\n'),
  };
}

async function requireFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => null);
  if (found?.isDirectory() === true) return;
  throw new UserError({
    code: 'no-such-folder',
    message: found === null ? `There is no folder \`${folder}\`.` : `\`${folder}\` is not a folder.`,
    advice: 'Name the folder of a git repository, or run the command inside one.',
  });
}

function cannotOpen(folder: string, complaint: string): UserError {
  if (complaint.includes('dubious ownership')) {
    const owned = /dubious ownership in repository at '(.*)'/.exec(complaint)?.[1] ?? folder;
    return new UserError({
      code: 'unsafe-ownership',
      message: `Git refuses to read \`${owned}\`, because it belongs to another user.`,
      advice: `If you trust it, run \`git config --global --add safe.directory "${owned}"\` and try again.`,
    });
  }
  if (complaint.includes('not a git repository')) {
    return new UserError({
      code: 'not-a-repository',
      message: `\`${folder}\` is not inside a git repository.`,
      advice: 'Name the folder of a git repository, or run `git init` there and commit what should be reviewed.',
    });
  }
  return new UserError({
    code: 'unreadable-repository',
    message: `Git cannot read the repository at \`${folder}\`: ${complaint.split('\n')[0]}`,
    advice: 'Mend what git names, and try again; `git status` in that folder should work first.',
  });
}
