import { setTimeout as pause } from 'node:timers/promises';
import lockfile from 'proper-lockfile';
import { UserError } from '../model/user-error.js';

export interface FolderLock {
  readonly release: () => Promise<void>;
}

export interface LockOptions {
  readonly onLost: (error: Error) => void;
  readonly staleMilliseconds?: number;
}

// Ten seconds, since a large review may keep this process busy for some of them.
const STALE_MILLISECONDS = 10_000;
const TRIED_EVERY_MILLISECONDS = 250;

/**
 * Makes this process the only one that uses a folder. The holder shows that it lives by touching the lock, since a
 * process number says nothing in containers. After a crash the lock is free when it has not been touched for a while,
 * which is waited for; a holder that lives is never robbed, and makes this fail with a `UserError`.
 */
export async function lockFolder(folder: string, options: LockOptions): Promise<FolderLock> {
  const stale = options.staleMilliseconds ?? STALE_MILLISECONDS;
  const deadline = Date.now() + stale + 2 * TRIED_EVERY_MILLISECONDS;
  for (;;) {
    const release = await tryLock(folder, stale, options.onLost);
    if (release !== null) return { release };
    if (Date.now() > deadline) throw inUse(folder);
    await pause(TRIED_EVERY_MILLISECONDS);
  }
}

async function tryLock(
  folder: string,
  stale: number,
  onLost: (error: Error) => void,
): Promise<(() => Promise<void>) | null> {
  try {
    return await lockfile.lock(folder, { realpath: false, stale, update: stale / 5, onCompromised: onLost });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ELOCKED') return null;
    throw error;
  }
}

function inUse(folder: string): UserError {
  return new UserError({
    code: 'data-in-use',
    message: `Another process is using the database in ${folder}.`,
    advice:
      'The embedded database serves one process: stop the other one, name another folder in DATA_DIR, or set DATABASE_URL to a PostgreSQL server, which any number of processes can share.',
  });
}
