import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';

it('says how to build what is missing when it was not built', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tunelint-test-'));
  await cp(fileURLToPath(new URL('../../bin', import.meta.url)), join(folder, 'bin'), { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  const { status, stderr } = spawnSync(process.execPath, [join(folder, 'bin/tunelint.js')], { encoding: 'utf8' });
  await rm(folder, { recursive: true });
  expect(stderr).toContain('tunelint: the compiled program is missing. Run `npm ci`');
  expect(status).toBe(2);
});
