import { cp, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

// Lays out what the image holds, in a folder: `node scripts/lay-out-image.js FOLDER` after `npm ci` and `npm run build`.
// The Dockerfile does just this, so that a folder on any machine shows what is in the image.
const ROOT = resolve(fileURLToPath(new URL('..', import.meta.url)));
const OWN = ['package.json', 'app.yml', 'LICENSE', 'bin', 'dist', 'examples'];

const [target] = process.argv.slice(2);
if (target === undefined) {
  console.error('lay-out-image: name the folder to make, which is emptied first.');
  process.exit(2);
}

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
for (const name of OWN) await copy(name);
for (const name of await productionPackages()) await copy(name);

/** Folders of the packages that the program needs when it runs, as the lock file has them. */
async function productionPackages() {
  const { packages } = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8'));
  const needed = Object.entries(packages).filter(([name, it]) => name !== '' && !it.dev && !it.devOptional);
  const names = needed.map(([name]) => name);
  const present = await Promise.all(names.map(isPresent));
  const missing = needed.filter(([, it], index) => !present[index] && !it.optional).map(([name]) => name);
  if (missing.length > 0) throw new Error(`${missing.join(', ')}: missing. Run \`npm ci\` first.`);
  return names.filter((_, index) => present[index]);
}

async function isPresent(name) {
  return (await readdir(join(ROOT, name)).catch(() => null)) !== null;
}

async function copy(name) {
  const from = join(ROOT, name);
  await cp(from, join(target, name), { recursive: true, filter: (path) => isNeeded(from, path) });
}

/** Packages that lie in a package are copied by themselves. Types and maps are for who writes programs. */
function isNeeded(root, path) {
  const name = basename(path);
  const within = relative(root, path).split(sep);
  if (within.includes('node_modules')) return false;
  if (/\.(?:[cm]?ts|map)$/.test(name)) return false;
  return !isNativeGrammar(relative(ROOT, root), within[0]);
}

/** Grammars run as WebAssembly; the packages bring sources and builds of the same for C too. */
function isNativeGrammar(packageName, folder) {
  return /(?:^|[/\\])tree-sitter-\w+$/.test(packageName) && ['src', 'bindings', 'prebuilds'].includes(folder);
}
