import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { UserError } from '../../src/model/user-error.js';
import type { Database } from '../../src/store/database.js';
import { openEmbeddedDatabase } from '../../src/store/embedded-database.js';
import { openServerDatabase } from '../../src/store/server-database.js';
import { useServer } from '../support/databases.js';

const server = useServer();

describe('the embedded database', () => {
  let folder: string;
  const open: Database[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tunelint-data-'));
  });
  afterEach(async () => {
    for (const database of open.splice(0)) await database.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function openIn(data: string): Promise<Database> {
    const database = await openEmbeddedDatabase({ folder: data, onLost: () => {}, staleMilliseconds: 2000 });
    open.push(database);
    return database;
  }

  async function reopened(): Promise<Database> {
    await open.pop()?.close();
    return await openIn(folder);
  }

  async function firstValue(database: Database, query: string): Promise<unknown> {
    const { rows } = await database.executeSql(query);
    return Object.values(rows[0] as object)[0];
  }

  it('keeps what was written, and changes its tables once', async () => {
    const database = await openIn(folder);
    await database.executeSql("insert into deliveries values ('kept', now())");
    expect(await firstValue(await reopened(), 'select count(*)::int from deliveries')).toBe(1);
  });

  it('forces what is committed to the file system', async () => {
    expect(await firstValue(await openIn(folder), 'show fsync')).toBe('on');
  });

  it('makes a folder that only its user may enter', async () => {
    await openIn(join(folder, 'new'));
    expect((await stat(join(folder, 'new'))).mode & 0o777).toBe(0o700);
  });

  it('is refused to a second one for as long as the first has it', async () => {
    await openIn(folder);
    const error = await openIn(folder).catch((cause) => cause);
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ code: 'data-in-use', advice: expect.stringContaining('DATABASE_URL') });
    expect(await firstValue(await reopened(), 'select 1')).toBe(1);
  });

  it('starts over where a first start was cut short', async () => {
    await mkdir(join(folder, 'database.init', 'base'), { recursive: true });
    await writeFile(join(folder, 'database.init', 'PG_VERSION'), 'half');
    expect(await firstValue(await openIn(folder), 'select 1')).toBe(1);
  });

  it('rolls back statements that fail in the middle of a transaction of their own', async () => {
    const database = await openIn(folder);
    await expect(database.executeSql('begin; select 1/0; commit')).rejects.toThrow('division by zero');
    expect(await firstValue(database, 'select 1')).toBe(1);
  });
});

describe('a database on a server', () => {
  it('can be opened by several processes that start together on an empty one', async () => {
    const url = await server.freshDatabase();
    const opened = await Promise.all([1, 2, 3].map(() => openServerDatabase({ url, onConnectionLost: () => {} })));
    for (const database of opened) await database.close();
  });

  it('gives a connection back in order after statements that fail in the middle of a transaction', async () => {
    const database = await openServerDatabase({ url: await server.freshDatabase(), onConnectionLost: () => {} });
    for (let attempt = 0; attempt < 12; attempt += 1) {
      await expect(database.executeSql('begin; select 1/0; commit')).rejects.toThrow('division by zero');
      expect((await database.executeSql('select 1 as one')).rows).toEqual([{ one: 1 }]);
    }
    await database.close();
  });

  it.each([
    ['that does not know the user', (url: URL) => Object.assign(url, { username: 'nobody' })],
    ['that does not exist', (url: URL) => Object.assign(url, { pathname: '/nowhere' })],
    ['on a server that does not answer', (url: URL) => Object.assign(url, { port: '1' })],
  ])('%s is told about without its address', async (_, change) => {
    const url = change(Object.assign(new URL(await server.freshDatabase()), { password: 'guessed-it' }));
    const error = await openServerDatabase({ url: url.href, onConnectionLost: () => {} }).catch((cause) => cause);
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ code: 'database-unreachable' });
    expect(`${error.message} ${error.advice}`).not.toContain('guessed-it');
  });
});
