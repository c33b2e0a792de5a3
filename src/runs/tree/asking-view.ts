import type { FileFacts } from '../../model/fact.js';
import type { RepoPath } from '../../model/identifiers.js';
import { isNotebook } from '../../model/notebook-path.js';
import type { Stack } from '../../model/run.js';
import type { OptionalKey } from '../config/understood-keys.js';
import { folderOf } from '../folders.js';
import type { Launch } from '../launch/launches.js';
import type { FoundUse } from '../model-uses.js';
import type { IndexedTree } from './indexed-tree.js';
import { type Answered, type Asked, type Question, question } from './questions.js';
import type { FolderRequirements, GeneratingFile, LaunchRole, TreeView } from './tree-view.js';

/** A view that keeps what it was asked, with the answers. */
export class AskingView implements TreeView {
  readonly #tree: IndexedTree;
  readonly #asked = new Set<Answered>();
  readonly #importing = new Set<RepoPath>();
  readonly #included = new Set<AskingView>();
  #isComplete = true;

  constructor(tree: IndexedTree) {
    this.#tree = tree;
  }

  get asked(): Asked {
    return [...this.#asked];
  }

  /** Whether all facts that were asked for are at hand; what was found without them means nothing. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Takes over what another view of the same tree was asked, which is asked no more, for what is made of what was found there. */
  include(other: AskingView): void {
    if (this.#included.has(other)) return;
    this.#included.add(other);
    for (const one of other.#asked) this.#asked.add(one);
    this.#isComplete &&= other.isComplete;
  }

  facts(path: RepoPath): FileFacts | null {
    this.#note(question('facts', path));
    const facts = this.#tree.facts(path);
    if (facts === null && this.#tree.isRead(path)) this.#isComplete = false;
    return facts;
  }

  isUnread(path: RepoPath): boolean {
    this.#note(question('facts', path));
    return this.#tree.isUnread(path);
  }

  hasFile(path: string): boolean {
    this.#note(question('file', path));
    return this.#tree.hasFile(path);
  }

  hasFolder(path: string): boolean {
    this.#note(question('folder', path));
    return this.#tree.hasFolder(path);
  }

  isVendored(path: RepoPath): boolean {
    this.#note(question('vendored', path));
    return this.#tree.isVendored(path);
  }

  /** Where the imports of a file lead is one question; that a package is from outside, one whatever is asked of it. */
  moduleFile(from: RepoPath, dotted: string): RepoPath | null {
    const imported = this.#tree.importsOf(from).get(dotted);
    if (imported !== undefined) {
      this.#noteImports(from);
      return imported;
    }
    const [head = ''] = dotted.split('.', 1);
    const isOutside = head !== '' && !this.#tree.isModuleName(head);
    // Files of one folder share the question.
    this.#note(isOutside ? question('package', head) : question('module', dotted, `${folderOf(from)}/`));
    return this.#tree.moduleFile(from, dotted);
  }

  launches(by: LaunchRole, path: RepoPath): readonly Launch[] {
    this.#note(question('launches', path, by));
    return this.#tree.launches(by, path);
  }

  callersOf(name: string, definedIn: RepoPath): readonly RepoPath[] {
    this.#note(question('callers', name, definedIn));
    return this.#tree.callersOf(name, definedIn);
  }

  frameworks(): readonly string[] {
    const frameworks = this.#tree.frameworks();
    this.#isComplete &&= this.#tree.knowsFrameworks;
    this.#note(question('frameworks'));
    return frameworks;
  }

  requirementsFor(path: RepoPath): readonly FolderRequirements[] {
    this.#note(question('required', isNotebook(path) ? path : `${folderOf(path)}/`));
    return this.#tree.requirementsFor(path);
  }

  /** Of the files to leave out, only those that evaluate make a difference. */
  evaluatingFile(except: readonly RepoPath[]): RepoPath | null {
    this.#note(question('evaluating', ...this.#tree.evaluatingAmong(except)));
    return this.#tree.evaluatingFile(except);
  }

  generating(name: string, folder: string): readonly GeneratingFile[] {
    this.#note(question('generating', name, folder));
    return this.#tree.generating(name, folder);
  }

  using(stack: Stack, folders: readonly string[]): readonly FoundUse[] {
    this.#note(question('using', stack, ...folders));
    return this.#tree.using(stack, folders);
  }

  holdsTrainingScripts(): boolean {
    this.#note(question('trains'));
    return this.#tree.holdsTrainingScripts();
  }

  asksFor(key: OptionalKey): boolean {
    this.#note(question('asks', key));
    return this.#tree.asksFor(key);
  }

  shared<S extends object, T>(find: (subject: S, tree: TreeView) => T, subject: S): T {
    const { value, view } = this.#tree.findShared(find, subject);
    this.include(view);
    return value;
  }

  /** Asked so often that to make the question anew each time would cost more than all else. */
  #noteImports(from: RepoPath): void {
    if (this.#importing.has(from)) return;
    this.#importing.add(from);
    this.#note(question('imports', from));
  }

  #note(asked: Question): void {
    this.#asked.add(this.#tree.answered(asked));
  }
}
