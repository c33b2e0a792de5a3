import { createHash } from 'node:crypto';
import type { RepoPath } from '../../model/identifiers.js';
import type { Stack } from '../../model/run.js';
import type { OptionalKey } from '../config/understood-keys.js';
import type { IndexedTree } from './indexed-tree.js';
import type { FolderRequirements, LaunchRole } from './tree-view.js';

/** A question to a tree, in a form that can be kept and asked of another tree. */
export type Question = string;

/** A question with what tells its answer from any other: one object for all that asked it of one tree. */
export interface Answered {
  readonly question: Question;
  readonly answer: string;
}

/** What was asked of a tree, each question once. */
export type Asked = readonly Answered[];

/** Something that was found out about a tree: it holds in every tree that answers the same questions alike. */
export interface Traced<T> {
  readonly value: T;
  readonly asked: Asked;
}

export type QuestionKind = keyof typeof ANSWERS;

export function question(kind: QuestionKind, ...subjects: readonly string[]): Question {
  return [kind, ...subjects].join(SEPARATOR);
}

/** The files whose facts were asked for. */
export function filesAsked(asked: Asked): readonly RepoPath[] {
  const start = `facts${SEPARATOR}`;
  return asked.flatMap(({ question: one }) => (one.startsWith(start) ? [one.slice(start.length) as RepoPath] : []));
}

/** The same for the same answer, and another for any other. */
export function answerTo(tree: IndexedTree, asked: Question): string {
  const [kind, ...subjects] = asked.split(SEPARATOR);
  const answer = ANSWERS[kind as QuestionKind];
  return short(answer(tree, subjects[0] ?? '', subjects.slice(1)));
}

/** No path has it in it. */
const SEPARATOR = '\0';

/** What is kept of the answer to each kind of question. */
const ANSWERS = {
  facts: (tree: IndexedTree, path: string): string =>
    tree.isUnread(path as RepoPath) ? 'unread' : tree.contentOf(path as RepoPath),
  imports: (tree: IndexedTree, path: string): string => [...tree.importsOf(path as RepoPath).values()].join(SEPARATOR),
  file: (tree: IndexedTree, path: string): string => String(tree.hasFile(path)),
  folder: (tree: IndexedTree, path: string): string => String(tree.hasFolder(path)),
  vendored: (tree: IndexedTree, path: string): string => String(tree.isVendored(path as RepoPath)),
  package: (tree: IndexedTree, name: string): string => String(tree.isModuleName(name)),
  module: (tree: IndexedTree, dotted: string, [from = '']: readonly string[]): string =>
    tree.moduleFile(from as RepoPath, dotted) ?? '',
  launches: (tree: IndexedTree, path: string, [by = '']: readonly string[]): string =>
    tree
      .launches(by as LaunchRole, path as RepoPath)
      // What a launch leads to hangs on the tree, the rest of it on its file alone.
      .map((it) => [it.path, tree.contentOf(it.path), it.at.start, it.config, it.script].join(' '))
      .join(SEPARATOR),
  callers: (tree: IndexedTree, name: string, [path = '']: readonly string[]): string =>
    tree.callersOf(name, path as RepoPath).join(SEPARATOR),
  frameworks: (tree: IndexedTree): string => tree.frameworks().join(SEPARATOR),
  required: (tree: IndexedTree, path: string): string => requirementsText(tree.requirementsFor(path as RepoPath)),
  evaluating: (tree: IndexedTree, first: string, others: readonly string[]): string =>
    tree.evaluatingFile([first, ...others] as RepoPath[]) ?? '',
  generating: (tree: IndexedTree, name: string, [folder = '']: readonly string[]): string =>
    tree
      .generating(name, folder)
      .map(({ path }) => [path, tree.contentOf(path)].join(' '))
      .join(SEPARATOR),
  using: (tree: IndexedTree, stack: string, folders: readonly string[]): string =>
    tree
      .using(stack as Stack, folders)
      .map(({ by, template }) => [by, tree.contentOf(by), template.at.start].join(' '))
      .join(SEPARATOR),
  trains: (tree: IndexedTree): string => String(tree.holdsTrainingScripts()),
  asks: (tree: IndexedTree, key: string): string => String(tree.asksFor(key as OptionalKey)),
};

/** Most folders of a tree share what is required of them, and a lock file makes that long. */
const requirementTexts = new WeakMap<readonly FolderRequirements[], string>();

function requirementsText(required: readonly FolderRequirements[]): string {
  const known = requirementTexts.get(required);
  if (known !== undefined) return known;
  const text = short(JSON.stringify(required));
  requirementTexts.set(required, text);
  return text;
}

const LONGEST = 64;

function short(answer: string): string {
  return answer.length <= LONGEST ? answer : createHash('sha256').update(answer).digest('base64url');
}
