import type { RepoPath } from '../model/identifiers.js';
import type { Role } from '../model/run.js';
import type { TreeView } from './tree/tree-view.js';

const EXAMPLE_PARTS = /^(?:examples?|tutorials?|demos?|notebooks?|playgrounds?|cookbooks?|chapter[-_]?\d+)$/i;
const SILENT_PARTS =
  /^(?:tests?|testing|unit_?tests?|integration_?tests?|docs?|third[_-]?party|vendor|vendored|submodules|site-packages|\.github)$/i;
const TEST_FILE = /^(?:test_.*|.*_test|conftest)\.py$/i;

/** Steps up to which a run that names its `max_steps` is a smoke test. */
const SMOKE_STEPS = 100;

/** A function of the tree alone, so that one file's role does not hang on another file's content. */
export function roleOf(path: RepoPath, maxSteps: number | null): Role {
  if (maxSteps !== null && maxSteps > 0 && maxSteps <= SMOKE_STEPS) return 'smoke';
  const parts = path.split('/');
  return path.endsWith('.ipynb') || parts.slice(0, -1).some((part) => EXAMPLE_PARTS.test(part)) ? 'example' : 'recipe';
}

/** Tests, documentation and vendored copies of other projects hold no runs. */
export function mayHoldRuns(path: RepoPath, tree: TreeView): boolean {
  const parts = path.split('/');
  const name = parts.at(-1) ?? '';
  if (TEST_FILE.test(name) || parts.slice(0, -1).some((part) => SILENT_PARTS.test(part))) return false;
  return !tree.isVendored(path);
}
