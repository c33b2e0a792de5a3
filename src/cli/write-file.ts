import { randomUUID } from 'node:crypto';
import { realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../model/user-error.js';

/**
 * Writes a file so that nobody ever reads half of it: beside its place first, then by a rename. What is no plain file,
 * such as `/dev/stdout`, is written to as it is. Fails with a `UserError` where the place cannot be written.
 */
export async function writeWhole(path: string, text: string): Promise<void> {
  try {
    const target = await resolved(path);
    if (target.plain) await replace(target.path, text, target.mode);
    else await writeFile(target.path, text);
  } catch (cause) {
    if (!isSystemError(cause)) throw cause;
    throw new UserError({
      code: 'cannot-write',
      message: `\`${path}\` cannot be written (${cause.code}).`,
      advice: 'Name a file in a folder that exists and that you may write to.',
      cause,
    });
  }
}

interface Target {
  readonly path: string;
  readonly plain: boolean;
  /** Permissions of the file that is replaced; null where there is none yet. */
  readonly mode: number | null;
}

/** Where a path leads: a link stays a link, and the file behind it is replaced. */
async function resolved(path: string): Promise<Target> {
  const found = await stat(path).catch((cause: unknown) => {
    if (isSystemError(cause) && cause.code === 'ENOENT') return null;
    throw cause;
  });
  if (found === null) return { path, plain: true, mode: null };
  return { path: await realpath(path), plain: found.isFile(), mode: found.mode };
}

async function replace(path: string, text: string, mode: number | null): Promise<void> {
  const beside = join(dirname(path), `.${basename(path)}.${randomUUID()}`);
  try {
    await writeFile(beside, text, { flag: 'wx', ...(mode === null ? {} : { mode }) });
    await rename(beside, path);
  } catch (cause) {
    await rm(beside, { force: true });
    throw cause;
  }
}

function isSystemError(cause: unknown): cause is NodeJS.ErrnoException {
  return typeof cause === 'object' && cause !== null && 'code' in cause && 'syscall' in cause;
}
