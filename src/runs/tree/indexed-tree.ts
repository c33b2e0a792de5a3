import { lastName } from '../../model/expression.js';
import type { FileFacts } from '../../model/fact.js';
import type { RepoPath } from '../../model/identifiers.js';
import { isNotebook } from '../../model/notebook-path.js';
import type { SourceTree } from '../../model/source-tree.js';
import type { OptionalKey } from '../config/understood-keys.js';
import type { OnFailure } from '../failures.js';
import { folderOf, requiringFolder } from '../folders.js';
import { findLaunches, type Launch } from '../launch/launches.js';
import { definesTrainers, outermostPackages } from '../python/frameworks.js';
import { mayDefineTrainer, mayMakeTrainer, trainerNames } from '../python/trainer-names.js';
import { mayHoldRuns } from '../role.js';
import { type FileOutline, outlineOf } from './file-outline.js';
import { PathIndex } from './path-index.js';
import type { FolderRequirements, LaunchRole, TreeView } from './tree-view.js';

/** A tree with an answer to every question of `TreeView`, each index made when it is first asked for. */
export class IndexedTree implements TreeView {
  readonly outlines: ReadonlyMap<RepoPath, FileOutline>;
  readonly #tree: SourceTree;
  readonly #paths: PathIndex;
  readonly #onFailure: OnFailure;
  readonly #required = new Map<string, readonly FolderRequirements[]>();
  readonly #launches = once(() => this.#indexLaunches());
  readonly #callers = once(() => this.#indexCallers());
  readonly #requirements = once(() => this.#indexRequirements());
  readonly #trainerNames = once(() => trainerNames(this.outlines.values()));
  readonly #frameworks = once(() => outermostPackages(this.#trainerFiles(), (path) => this.hasFile(path)));
  readonly #evaluating = once(() => this.#filesThat((path, it) => it.evaluates && mayHoldRuns(path, this)));
  readonly #training = once(() => this.#filesThat((_, it) => it.trains));

  /** `onFailure` is told of files whose launch commands could not be read. */
  constructor(tree: SourceTree, onFailure: OnFailure = () => {}) {
    this.#tree = tree;
    this.#onFailure = onFailure;
    this.#paths = new PathIndex(tree.paths);
    const sorted = [...tree.files].sort(([a], [b]) => (a < b ? -1 : 1));
    this.outlines = new Map(sorted.map(([path, facts]) => [path, knownOutline(path, facts)]));
  }

  /** Files that may hold runs, by path. Most hold none, and that is seen without their facts. */
  entries(): readonly RepoPath[] {
    const names = this.#trainerNames();
    return this.#filesThat(
      (path, it) =>
        (it.configures || this.launches('file', path).length > 0 || mayMakeTrainer(it, names)) &&
        mayHoldRuns(path, this),
    );
  }

  facts(path: RepoPath): FileFacts | null {
    return this.#tree.files.get(path) ?? null;
  }

  isUnread(path: RepoPath): boolean {
    return this.#tree.unread.has(path);
  }

  hasFile(path: string): boolean {
    return this.#paths.hasFile(path);
  }

  hasFolder(path: string): boolean {
    return this.#paths.hasFolder(path);
  }

  isVendored(path: RepoPath): boolean {
    return this.#paths.isVendored(path);
  }

  moduleFile(folder: string, dotted: string): RepoPath | null {
    return this.#paths.moduleFile(folder, dotted);
  }

  launches(by: LaunchRole, path: RepoPath): readonly Launch[] {
    return this.#launches()[by].get(path) ?? [];
  }

  callersOf(name: string, definedIn: RepoPath): readonly RepoPath[] {
    const callers = this.#callers().get(name) ?? [];
    return callers.includes(definedIn) ? callers : [...callers, definedIn].sort();
  }

  frameworks(): readonly string[] {
    return this.#frameworks();
  }

  requirementsFor(path: RepoPath): readonly FolderRequirements[] {
    return this.#requirementsAbove(isNotebook(path) ? path : folderOf(path));
  }

  evaluatingFile(except: readonly RepoPath[]): RepoPath | null {
    return this.#evaluating().find((path) => !except.includes(path)) ?? null;
  }

  holdsTrainingScripts(): boolean {
    return this.#training().length > 0;
  }

  asksFor(key: OptionalKey): boolean {
    return this.#filesThat((_, it) => it.declares.includes(key)).length > 0;
  }

  #filesThat(holds: (path: RepoPath, outline: FileOutline) => boolean): readonly RepoPath[] {
    return [...this.outlines].flatMap(([path, outline]) => (holds(path, outline) ? [path] : []));
  }

  #trainerFiles(): readonly RepoPath[] {
    const names = this.#trainerNames();
    return this.#filesThat((path, it) => mayDefineTrainer(it, names) && definesTrainers(path, this));
  }

  #indexLaunches(): Record<LaunchRole, ReadonlyMap<RepoPath, readonly Launch[]>> {
    const all = findLaunches(this, this.#onFailure);
    return {
      file: grouped(all, (it) => it.path),
      config: grouped(all, (it) => it.config),
      script: grouped(all, (it) => it.script),
    };
  }

  #indexCallers(): ReadonlyMap<string, readonly RepoPath[]> {
    const callers = new Map<string, RepoPath[]>();
    for (const [path, { calls }] of this.outlines) {
      for (const name of new Set(calls.map(lastName))) {
        const known = callers.get(name);
        if (known === undefined) callers.set(name, [path]);
        else known.push(path);
      }
    }
    return callers;
  }

  #indexRequirements(): ReadonlyMap<string, FolderRequirements['requirements']> {
    const all = [...this.outlines].flatMap(([path, { requirements }]) => requirements.map((fact) => ({ path, fact })));
    return grouped(all, ({ path }) => requiringFolder(path));
  }

  /** Folders that require nothing share the answer of the one above. */
  #requirementsAbove(folder: string): readonly FolderRequirements[] {
    const known = this.#required.get(folder);
    if (known !== undefined) return known;
    const above = folder === '' ? [] : this.#requirementsAbove(folderOf(folder));
    const requirements = this.#requirements().get(folder);
    const all = requirements === undefined ? above : [...above, { folder, requirements }];
    this.#required.set(folder, all);
    return all;
  }
}

/** Both sides of a change share the facts of what it leaves alone. */
const outlines = new WeakMap<FileFacts, { readonly path: RepoPath; readonly outline: FileOutline }>();

function knownOutline(path: RepoPath, facts: FileFacts): FileOutline {
  const known = outlines.get(facts);
  if (known?.path === path) return known.outline;
  const outline = outlineOf(path, facts);
  outlines.set(facts, { path, outline });
  return outline;
}

function grouped<K, T>(items: readonly T[], keyOf: (item: T) => K | null): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === null) continue;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [item]);
    else known.push(item);
  }
  return groups;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
