import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { openExampleChange } from '../../src/cli/example-change.js';

describe('the example change', () => {
  it('is a repository of two commits that is the same each time, whatever git is told around it', async () => {
    const plain = await openExampleChange(process.env);
    const around = { ...process.env, GIT_DIR: '/no/such', GIT_AUTHOR_NAME: 'Ada', TZ: 'Asia/Tokyo' };
    const other = await openExampleChange(around);
    expect(git(plain.repo, 'rev-parse', plain.head)).toBe(git(other.repo, 'rev-parse', other.head));
    expect(git(plain.repo, 'diff', '--name-only', plain.base, plain.head).split('\n')).toEqual([
      'configs/support-lora.yaml',
      'train.py',
    ]);
    await Promise.all([plain.close(), other.close()]);
    expect([existsSync(plain.repo), existsSync(other.repo)]).toEqual([false, false]);
  });
});

function git(repo: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd: repo, encoding: 'utf8' }).trim();
}
