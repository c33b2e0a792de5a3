import { type RepoPath, repoPath } from './identifiers.js';

/** Where git and GitHub are told about files: https://git-scm.com/docs/gitattributes */
export const ATTRIBUTES = '.gitattributes';

/** The files of attributes that may speak of a path, nearest first, whether they are there or not. */
export function attributeFilesFor(path: RepoPath): readonly RepoPath[] {
  const folders = path.split('/').slice(0, -1);
  return [...folders, ''].map((_, at) => repoPath([...folders.slice(0, folders.length - at), ATTRIBUTES].join('/')));
}
