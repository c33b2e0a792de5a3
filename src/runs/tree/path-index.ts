import type { RepoPath } from '../../model/identifiers.js';
import { folderOf } from '../folders.js';

/** What the paths of a tree tell by themselves. */
export class PathIndex {
  readonly #paths: ReadonlySet<string>;
  readonly #folders = new Set<string>();
  /** Names that some folder or Python file has, without its ending: what could be imported from somewhere. */
  readonly #moduleNames = new Set<string>();
  readonly #vendored: readonly string[];
  readonly #modules = new Map<string, RepoPath | null>();

  constructor(paths: ReadonlySet<RepoPath>) {
    this.#paths = paths;
    for (const path of paths) this.#addFolders(path);
    for (const folder of this.#folders) this.#moduleNames.add(folder.slice(folder.lastIndexOf('/') + 1));
    for (const path of paths) {
      if (path.endsWith('.py')) this.#moduleNames.add(path.slice(path.lastIndexOf('/') + 1, -'.py'.length));
    }
    this.#vendored = vendoredFolders(paths);
  }

  hasFile(path: string): boolean {
    return this.#paths.has(path);
  }

  hasFolder(path: string): boolean {
    return this.#folders.has(path);
  }

  isVendored(path: RepoPath): boolean {
    return this.#vendored.some((folder) => path.startsWith(`${folder}/`));
  }

  /** Whether an import whose first name this is may lead into the tree. */
  isModuleName(name: string): boolean {
    return this.#moduleNames.has(name);
  }

  moduleFile(folder: string, dotted: string): RepoPath | null {
    const key = `${folder}:${dotted}`;
    const known = this.#modules.get(key);
    if (known !== undefined) return known;
    const found = dotted.startsWith('.') ? this.#relativeFile(folder, dotted) : this.#absoluteFile(folder, dotted);
    this.#modules.set(key, found);
    return found;
  }

  #addFolders(path: RepoPath): void {
    for (let folder = folderOf(path); folder !== '' && !this.#folders.has(folder); folder = folderOf(folder)) {
      this.#folders.add(folder);
    }
  }

  #relativeFile(folder: string, dotted: string): RepoPath | null {
    const dots = dotted.match(/^\.+/)?.[0].length ?? 0;
    const parents = partsOf(folder, '/');
    if (dots - 1 > parents.length) return null;
    const base = parents.slice(0, parents.length - (dots - 1));
    return this.#fileAt([...base, ...partsOf(dotted.slice(dots), '.')]);
  }

  /** A script's own folder comes first, as when Python runs it; then the folders above, and `src/` in each. */
  #absoluteFile(folder: string, dotted: string): RepoPath | null {
    const parents = partsOf(folder, '/');
    const parts = dotted.split('.');
    if (!this.isModuleName(parts[0] ?? '')) return null;
    for (let depth = parents.length; depth >= 0; depth -= 1) {
      const base = parents.slice(0, depth);
      const found = this.#fileAt([...base, ...parts]) ?? this.#fileAt([...base, 'src', ...parts]);
      if (found !== null) return found;
    }
    return null;
  }

  #fileAt(parts: readonly string[]): RepoPath | null {
    if (parts.length === 0) return null;
    const path = parts.join('/');
    const candidates = [`${path}.py`, `${path}/__init__.py`];
    return (candidates.find((candidate) => this.#paths.has(candidate)) as RepoPath | undefined) ?? null;
  }
}

/** Folders below the root that hold a licence and a package of their own: another project's tree, copied in. */
function vendoredFolders(paths: ReadonlySet<string>): readonly string[] {
  const folders: string[] = [];
  for (const path of paths) {
    const folder = path.match(/^(.+)\/LICEN[CS]E(?:\.\w+)?$/i)?.[1];
    if (folder !== undefined && ['setup.py', 'pyproject.toml'].some((name) => paths.has(`${folder}/${name}`))) {
      folders.push(folder);
    }
  }
  return folders;
}

function partsOf(text: string, separator: string): string[] {
  return text.split(separator).filter((part) => part !== '');
}
