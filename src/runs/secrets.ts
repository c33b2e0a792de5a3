import type { FileFacts, SecretFact } from '../model/fact.js';
import type { RepoPath } from '../model/identifiers.js';
import { locate } from '../model/location.js';
import type { SecretPlace } from '../model/run.js';
import type { TreeView } from './tree/tree-view.js';

/** The secrets that are written out in these files. */
export function secretsIn(tree: TreeView, files: readonly RepoPath[]): SecretPlace[] {
  return files.flatMap((path) => {
    const facts = tree.facts(path);
    return facts === null ? [] : secretFacts(facts).map(({ vendor, place }) => ({ vendor, at: locate(path, place) }));
  });
}

function secretFacts(file: FileFacts): readonly SecretFact[] {
  const known = secrets.get(file);
  if (known !== undefined) return known;
  const found = file.facts.filter((fact) => fact.kind === 'secret');
  secrets.set(file, found);
  return found;
}

/** Many runs reach the same files. */
const secrets = new WeakMap<FileFacts, readonly SecretFact[]>();
