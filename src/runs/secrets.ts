import type { RepoPath } from '../model/identifiers.js';
import { locate } from '../model/location.js';
import type { SecretPlace } from '../model/run.js';
import type { SourceTree } from '../model/source-tree.js';

/** The secrets that are written out in these files. */
export function secretsIn(tree: SourceTree, files: readonly RepoPath[]): SecretPlace[] {
  return files.flatMap((path) =>
    (tree.files.get(path)?.facts ?? []).flatMap((fact) =>
      fact.kind === 'secret' ? [{ vendor: fact.vendor, at: locate(path, fact.place) }] : [],
    ),
  );
}
