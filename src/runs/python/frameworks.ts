import type { RepoPath } from '../../model/identifiers.js';
import type { TreeView } from '../tree/tree-view.js';
import { PythonProgram } from './program.js';
import { definesTrainer } from './trainers.js';

/** Whether a file defines trainers of the tree's own, which makes the tree a framework or a project with one. */
export function definesTrainers(path: RepoPath, tree: TreeView): boolean {
  const program = new PythonProgram(tree);
  const module = program.module(path);
  return module !== null && definesTrainer(module, program);
}

/** Outermost packages that hold these files, with a slash at the end. */
export function outermostPackages(files: readonly RepoPath[], hasFile: (path: string) => boolean): string[] {
  const packages = files.flatMap((file) => {
    const parts = file.split('/').slice(0, -1);
    const depth = parts.findIndex((_, index) => hasFile(`${parts.slice(0, index + 1).join('/')}/__init__.py`));
    return depth === -1 ? [] : [`${parts.slice(0, depth + 1).join('/')}/`];
  });
  return [...new Set(packages)];
}
