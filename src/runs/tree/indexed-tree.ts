import { lastName } from '../../model/expression.js';
import type { FileFacts } from '../../model/fact.js';
import type { RepoPath } from '../../model/identifiers.js';
import { isNotebook } from '../../model/notebook-path.js';
import type { Stack } from '../../model/run.js';
import type { OptionalKey } from '../config/understood-keys.js';
import type { OnFailure } from '../failures.js';
import { folderOf, requiringFolder } from '../folders.js';
import { findLaunches, type Launch } from '../launch/launches.js';
import { type FoundUse, overridesUse, useOfCommand, usesOf } from '../model-uses.js';
import { definesTrainers, outermostPackages } from '../python/frameworks.js';
import { mayDefineTrainer, mayMakeTrainer, trainerNames } from '../python/trainer-names.js';
import { mayHoldRuns } from '../role.js';
import { AskingView } from './asking-view.js';
import type { FileOutline } from './file-outline.js';
import { PathIndex } from './path-index.js';
import { type Answered, type Asked, answerTo, type Question, question, type Traced } from './questions.js';
import type { TreeSource } from './tree-source.js';
import type { FolderRequirements, GeneratingFile, LaunchRole, TreeView } from './tree-view.js';

const FRAMEWORKS = question('frameworks');

/** What is known of files that were looked into before, in this tree or another. */
export interface KnownDefiners {
  readonly of: (path: RepoPath, content: string) => readonly Traced<boolean>[];
  readonly add: (path: RepoPath, content: string, found: Traced<boolean>) => void;
}

interface SharedFinding<T> {
  readonly value: T;
  readonly view: AskingView;
}

/** A tree with an answer to every question of `TreeView`, each index made when it is first asked for. */
export class IndexedTree implements TreeView {
  readonly #source: TreeSource;
  readonly #paths: PathIndex;
  readonly #files: readonly (readonly [RepoPath, FileOutline])[];
  readonly #known: KnownDefiners | null;
  readonly #onFailure: OnFailure;
  readonly #missing = new Set<RepoPath>();
  readonly #answers = new Map<Question, Answered>();
  readonly #alike = new Map<Answered, boolean>();
  readonly #imports = new Map<RepoPath, ReadonlyMap<string, RepoPath | null>>();
  readonly #definers = new Map<RepoPath, boolean>();
  readonly #shared = new Map<unknown, Map<object, SharedFinding<unknown>>>();
  readonly #required = new Map<string, readonly FolderRequirements[]>();
  readonly #launches = once(() => this.#indexLaunches());
  readonly #callers = once(() => this.#indexCallers());
  readonly #requirements = once(() => this.#indexRequirements());
  readonly #trainerNames = once(() => trainerNames(this.#files.map(([, outline]) => outline)));
  readonly #mayDefine = once(() => this.#filesThat((_, it) => mayDefineTrainer(it, this.#trainerNames())));
  readonly #evaluating = once(() => this.#filesThat((path, it) => it.evaluates && mayHoldRuns(path, this)));
  readonly #generating = once(() => this.#findGenerating());
  readonly #uses = once(() => this.#findUses());
  readonly #training = once(() => this.#filesThat((_, it) => it.trains));
  #frameworks: readonly string[] | null = null;

  /** `onFailure` is told of files whose launch commands could not be read. */
  constructor(source: TreeSource, known: KnownDefiners | null = null, onFailure: OnFailure = () => {}) {
    this.#source = source;
    this.#known = known;
    this.#onFailure = onFailure;
    this.#paths = pathsOf(source.paths);
    this.#files = [...source.files]
      .map(([path, { outline }]) => [path, outline] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1));
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

  /** Whether the facts of these files are at hand, as far as they were read; those that are not are missing. */
  needFacts(paths: Iterable<RepoPath>): boolean {
    let isAtHand = true;
    for (const path of paths) if (this.isRead(path) && this.facts(path) === null) isAtHand = false;
    return isAtHand;
  }

  /** Files whose facts were asked for since this was last called, and are not at hand. */
  takeMissing(): readonly RepoPath[] {
    const missing = [...this.#missing];
    this.#missing.clear();
    return missing;
  }

  /** Whether what was asked of some tree has the same answers in this one. */
  answersAlike(asked: Asked): boolean {
    return asked.every((one) => this.#answersAlike(one));
  }

  /** `elsewhere` is the answer of another tree: where it is the same here, it is the same object. */
  answered(asked: Question, elsewhere: Answered | null = null): Answered {
    const known = this.#answers.get(asked);
    if (known !== undefined) return known;
    const answer = answerTo(this, asked);
    const answered = answer === elsewhere?.answer ? elsewhere : { question: asked, answer };
    // Until all trainers are known, frameworks may still come.
    if (asked !== FRAMEWORKS || this.knowsFrameworks) this.#answers.set(asked, answered);
    return answered;
  }

  isRead(path: RepoPath): boolean {
    return this.#source.files.has(path);
  }

  /** What names the content of a file; empty for one that was not read. */
  contentOf(path: RepoPath): string {
    return this.#source.files.get(path)?.content ?? '';
  }

  facts(path: RepoPath): FileFacts | null {
    if (!this.isRead(path)) return null;
    const facts = this.#source.facts(path);
    if (facts === null) this.#missing.add(path);
    return facts;
  }

  isUnread(path: RepoPath): boolean {
    return this.#source.isUnread(path);
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

  moduleFile(from: RepoPath, dotted: string): RepoPath | null {
    return this.#paths.moduleFile(folderOf(from), dotted);
  }

  /** Where each import of a file leads, as `moduleFile` says; nothing for a file that was not read. */
  importsOf(path: RepoPath): ReadonlyMap<string, RepoPath | null> {
    const known = this.#imports.get(path);
    if (known !== undefined) return known;
    const imports = this.#source.files.get(path)?.outline.imports ?? [];
    const found = new Map(imports.map((dotted) => [dotted, this.moduleFile(path, dotted)]));
    this.#imports.set(path, found);
    return found;
  }

  launches(by: LaunchRole, path: RepoPath): readonly Launch[] {
    return this.#launches()[by].get(path) ?? [];
  }

  callersOf(name: string, definedIn: RepoPath): readonly RepoPath[] {
    const callers = this.#callers().get(name) ?? [];
    return callers.includes(definedIn) ? callers : [...callers, definedIn].sort();
  }

  /** Whether an import whose first name this is may lead into the tree. */
  isModuleName(name: string): boolean {
    return this.#paths.isModuleName(name);
  }

  get knowsFrameworks(): boolean {
    return this.#frameworks !== null;
  }

  /** Only what is known so far, while facts are missing. */
  frameworks(): readonly string[] {
    if (this.#frameworks !== null) return this.#frameworks;
    const defining = this.#mayDefine().filter((path) => this.#definesTrainers(path));
    const frameworks = outermostPackages(defining, (path) => this.hasFile(path));
    if (this.#mayDefine().every((path) => this.#definers.has(path))) this.#frameworks = frameworks;
    return frameworks;
  }

  requirementsFor(path: RepoPath): readonly FolderRequirements[] {
    return this.#requirementsAbove(isNotebook(path) ? path : folderOf(path));
  }

  evaluatingFile(except: readonly RepoPath[]): RepoPath | null {
    return this.#evaluating().find((path) => !except.includes(path)) ?? null;
  }

  /** Which of these files evaluate models. */
  evaluatingAmong(files: readonly RepoPath[]): readonly RepoPath[] {
    return this.#evaluating().filter((path) => files.includes(path));
  }

  generating(name: string, folder: string): readonly GeneratingFile[] {
    const [asWritten, fromFolder] = placesOf(name, folder);
    return this.#generating().filter(({ path, script }) =>
      script.outputs.some((output) => {
        const [written, beside] = placesOf(output, folderOf(path));
        // A bare name is one file only where both lie in one folder.
        const isSame = written === asWritten && written.includes('/');
        return isSame || beside === fromFolder || beside === asWritten || written === fromFolder;
      }),
    );
  }

  using(stack: Stack, folders: readonly string[]): readonly FoundUse[] {
    return usesOf(folders, stack, this.#uses());
  }

  holdsTrainingScripts(): boolean {
    return this.#training().length > 0;
  }

  asksFor(key: OptionalKey): boolean {
    return this.#filesThat((_, it) => it.declares.includes(key)).length > 0;
  }

  shared<S extends object, T>(find: (subject: S, tree: TreeView) => T, subject: S): T {
    return this.findShared(find, subject).value;
  }

  /** The same with what was asked for it. */
  findShared<S extends object, T>(find: (subject: S, tree: TreeView) => T, subject: S): SharedFinding<T> {
    const found = (this.#shared.get(find) ?? new Map()) as Map<S, SharedFinding<T>>;
    this.#shared.set(find, found);
    const known = found.get(subject);
    if (known !== undefined) return known;
    const view = new AskingView(this);
    const made = { value: find(subject, view), view };
    if (view.isComplete) found.set(subject, made);
    return made;
  }

  /** Most is asked by many runs: what is known of each answer is looked up without its text. */
  #answersAlike(one: Answered): boolean {
    const known = this.#alike.get(one);
    if (known !== undefined) return known;
    const isAlike = this.answered(one.question, one).answer === one.answer;
    if (one.question !== FRAMEWORKS || this.knowsFrameworks) this.#alike.set(one, isAlike);
    return isAlike;
  }

  #filesThat(holds: (path: RepoPath, outline: FileOutline) => boolean): readonly RepoPath[] {
    return this.#files.flatMap(([path, outline]) => (holds(path, outline) ? [path] : []));
  }

  #findGenerating(): readonly GeneratingFile[] {
    return this.#files.flatMap(([path, { generates }]) =>
      generates === null || !mayHoldRuns(path, this) ? [] : [{ path, script: generates }],
    );
  }

  /** A file that a command changes in the naming is another one for each command. */
  #findUses(): readonly FoundUse[] {
    return this.#files.flatMap(([path, { uses }]) => {
      if (!mayHoldRuns(path, this)) return [];
      const own = this.launches('config', path).some(overridesUse) ? [] : uses;
      return [...own, ...this.launches('file', path).flatMap((launch) => useOfCommand(launch) ?? [])];
    });
  }

  #definesTrainers(path: RepoPath): boolean {
    const known = this.#definers.get(path) ?? this.#knownDefiner(path);
    if (known !== undefined) return known;
    const view = new AskingView(this);
    const value = definesTrainers(path, view);
    if (!view.isComplete) return false;
    this.#definers.set(path, value);
    this.#known?.add(path, this.contentOf(path), { value, asked: view.asked });
    return value;
  }

  #knownDefiner(path: RepoPath): boolean | undefined {
    const known = this.#known?.of(path, this.contentOf(path)).find(({ asked }) => this.answersAlike(asked));
    if (known !== undefined) this.#definers.set(path, known.value);
    return known?.value;
  }

  #indexLaunches(): Record<LaunchRole, ReadonlyMap<RepoPath, readonly Launch[]>> {
    // What documentation and tests start is for show: it says nothing of how the repository trains.
    const all = findLaunches(this.#files, (path) => this.hasFile(path), this.#onFailure).filter((it) =>
      mayHoldRuns(it.path, this),
    );
    return {
      file: grouped(all, (it) => it.path),
      config: grouped(all, (it) => it.config),
      script: grouped(all, (it) => it.script),
    };
  }

  #indexCallers(): ReadonlyMap<string, readonly RepoPath[]> {
    const callers = new Map<string, RepoPath[]>();
    for (const [path, { calls }] of this.#files) {
      for (const name of new Set(calls.map(lastName))) {
        const known = callers.get(name);
        if (known === undefined) callers.set(name, [path]);
        else known.push(path);
      }
    }
    return callers;
  }

  #indexRequirements(): ReadonlyMap<string, FolderRequirements['requirements']> {
    const all = this.#files.flatMap(([path, { requirements }]) => requirements.map((fact) => ({ path, fact })));
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

/** A name from the root, as written, and from the folder of the file that it stands in. */
function placesOf(name: string, folder: string): readonly [asWritten: string, fromFolder: string] {
  const plain = name.replace(/^(?:\.\/)+/, '');
  return [plain, folder === '' ? plain : `${folder}/${plain}`];
}

/** A tree whose files are edited keeps its paths. */
const pathIndexes = new WeakMap<ReadonlySet<RepoPath>, PathIndex>();

function pathsOf(paths: ReadonlySet<RepoPath>): PathIndex {
  const known = pathIndexes.get(paths) ?? new PathIndex(paths);
  pathIndexes.set(paths, known);
  return known;
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
