import type { RepoPath } from '../model/identifiers.js';
import { locate } from '../model/location.js';
import type { SecretPlace } from '../model/run.js';
import type { TreeView } from './tree/tree-view.js';

/** The secrets that are written out in these files. */
export function secretsIn(tree: TreeView, files: readonly RepoPath[]): SecretPlace[] {
  return files.flatMap((path) =>
    (tree.facts(path)?.facts ?? []).flatMap((fact) =>
      fact.kind === 'secret' ? [{ vendor: fact.vendor, at: locate(path, fact.place) }] : [],
    ),
  );
}
