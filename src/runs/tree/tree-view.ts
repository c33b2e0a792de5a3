import type { FileFacts, RequirementFact } from '../../model/fact.js';
import type { RepoPath } from '../../model/identifiers.js';
import type { Stack } from '../../model/run.js';
import type { OptionalKey } from '../config/understood-keys.js';
import type { Launch } from '../launch/launches.js';
import type { FoundUse } from '../model-uses.js';
import type { GeneratingScript } from '../python/generating-script.js';

/**
 * What the finding of runs may ask of a tree. There is no other way to a file, so that all a run hangs on is known: a
 * run is found again only where an answer is another one. Ask for the least that will do, since what was asked for and
 * changed is what makes work; and keep no answer beyond the file whose runs are looked for.
 */
export interface TreeView {
  /** Null for a file that is not there, was not read, or that no front-end claims. */
  readonly facts: (path: RepoPath) => FileFacts | null;
  /** Whether a front-end claims the file and could not read it. */
  readonly isUnread: (path: RepoPath) => boolean;
  /** Whether the tree holds the file, whoever reads it. */
  readonly hasFile: (path: string) => boolean;
  readonly hasFolder: (path: string) => boolean;
  /** Whether the file lies in another project's tree that was copied in. */
  readonly isVendored: (path: RepoPath) => boolean;
  /** The file that `import dotted` reads in a file of the tree; null for a package outside the tree. */
  readonly moduleFile: (from: RepoPath, dotted: string) => RepoPath | null;
  /** Launch commands by the file they stand in, the configuration they name and the script they start. */
  readonly launches: (by: LaunchRole, path: RepoPath) => readonly Launch[];
  /** Python files with a call that may mean the function of this name which this file defines; itself among them. */
  readonly callersOf: (name: string, definedIn: RepoPath) => readonly RepoPath[];
  /** Outermost packages of the tree that define trainers, with a slash at the end. */
  readonly frameworks: () => readonly string[];
  /** What is required in the folders above a file, outermost first, and by the file itself. */
  readonly requirementsFor: (path: RepoPath) => readonly FolderRequirements[];
  /** The first file by path that evaluates models, but for some. */
  readonly evaluatingFile: (except: readonly RepoPath[]) => RepoPath | null;
  /** Scripts that write data of this name, made of the answers of models, as a file sees it that lies in a folder. */
  readonly generating: (name: string, folder: string) => readonly GeneratingFile[];
  /** Files and commands that ask, serve or export a model which a run of a stack writes to one of these folders. */
  readonly using: (stack: Stack, folders: readonly string[]) => readonly FoundUse[];
  /** Whether Python of the tree trains, and so may read a configuration of the tree. */
  readonly holdsTrainingScripts: () => boolean;
  /** Whether Python of the tree has an option or a variable of this name. */
  readonly asksFor: (key: OptionalKey) => boolean;
  /**
   * What `find` tells of a subject by questions to the tree alone, so that it is the same whoever asks. It is found once,
   * and its questions count as asked by all who need it: the runs of a package reach the same files.
   */
  readonly shared: <S extends object, T>(find: (subject: S, tree: TreeView) => T, subject: S) => T;
}

export interface GeneratingFile {
  readonly path: RepoPath;
  readonly script: GeneratingScript;
}

export type LaunchRole = 'file' | 'config' | 'script';

export interface FolderRequirements {
  /** Empty for the root; the file itself for what a notebook installs. */
  readonly folder: string;
  readonly requirements: readonly { readonly path: RepoPath; readonly fact: RequirementFact }[];
}
