import { existsSync, readFileSync } from 'node:fs';

/** The folder of this package, with a `/` at its end: the same for the sources and for what they are compiled to. */
export const PACKAGE_ROOT: URL = findPackageRoot(new URL('.', import.meta.url));

/** The detectors with their pages, which lie beside `src` in the sources as in what they are compiled to. */
export const DETECTORS = new URL('../../detectors/', import.meta.url);

export function packageVersion(): string {
  return JSON.parse(readFileSync(new URL('package.json', PACKAGE_ROOT), 'utf8')).version;
}

function findPackageRoot(folder: URL): URL {
  if (existsSync(new URL('package.json', folder))) return folder;
  const parent = new URL('../', folder);
  if (parent.href === folder.href) throw new Error('the package.json of Tunelint is missing');
  return findPackageRoot(parent);
}
