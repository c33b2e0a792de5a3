import { createHash } from 'node:crypto';
import { chmod, cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// What the compiler leaves behind: the playbook and example pages beside the detectors, the schemas, the migrations of the
// database, names for all that makes facts, finds runs and judges them, by which these are kept, and the right to run the
// command. The root of the project may be given, for a trial.
const root = process.argv[2] ?? dirname(dirname(fileURLToPath(import.meta.url)));

await copyPages(join(root, 'detectors'), join(root, 'dist', 'detectors'));
await copyIfPresent(join(root, 'schemas'), join(root, 'dist', 'schemas'));
await copyIfPresent(join(root, 'drizzle'), join(root, 'dist', 'drizzle'));
await writeBuildId('src/frontends', ['src/frontends', 'src/model', 'src/notebooks']);
await writeBuildId('src/runs', ['src/runs', 'src/model']);
await writeBuildId('src/engine', ['src/runs', 'src/engine', 'src/app', 'src/model', 'detectors']);
await unlessMissing(chmod(join(root, 'bin', 'tunelint.js'), 0o755));

async function copyPages(from, to) {
  const entries = (await unlessMissing(readdir(from, { recursive: true, withFileTypes: true }))) ?? [];
  for (const entry of entries) {
    if (!entry.isFile() || !entry.name.endsWith('.md')) continue;
    const page = join(entry.parentPath, entry.name);
    await cp(page, join(to, page.slice(from.length)));
  }
}

async function writeBuildId(folder, rooms) {
  const compiled = join(root, 'dist');
  const hash = createHash('sha256');
  for (const room of rooms) {
    const names = (await unlessMissing(readdir(join(compiled, room), { recursive: true }))) ?? [];
    for (const name of names.filter((it) => it.endsWith('.js')).sort())
      hash.update(await readFile(join(compiled, room, name)));
  }
  await unlessMissing(writeFile(join(compiled, folder, 'build-id'), hash.digest('hex')));
}

async function copyIfPresent(from, to) {
  await unlessMissing(cp(from, to, { recursive: true }));
}

/** The promise's value, or undefined where the file it is about does not exist. */
async function unlessMissing(promise) {
  try {
    return await promise;
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}
