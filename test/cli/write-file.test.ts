import { chmod, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { writeWhole } from '../../src/cli/write-file.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tunelint-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('writing a file whole', () => {
  it('replaces a file, keeps its permissions and leaves nothing beside it', async () => {
    const file = join(folder, 'a.txt');
    await writeFile(file, 'old');
    await chmod(file, 0o600);
    await writeWhole(file, 'new');
    expect(await readFile(file, 'utf8')).toBe('new');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['a.txt']);
  });

  it('writes behind a link and keeps the link', async () => {
    await writeFile(join(folder, 'a.txt'), 'old');
    await symlink('a.txt', join(folder, 'link'));
    await writeWhole(join(folder, 'link'), 'new');
    expect(await readlink(join(folder, 'link'))).toBe('a.txt');
    expect(await readFile(join(folder, 'a.txt'), 'utf8')).toBe('new');
  });

  it('writes to a device as it is', async () => {
    await writeWhole('/dev/null', 'new');
    expect((await stat('/dev/null')).isCharacterDevice()).toBe(true);
  });

  it('refuses a folder and leaves nothing in it', async () => {
    await expect(writeWhole(folder, 'new')).rejects.toMatchObject({ code: 'cannot-write' });
    expect(await readdir(folder)).toEqual([]);
  });
});
