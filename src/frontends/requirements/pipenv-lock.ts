import { isMap, isScalar, type Pair } from 'yaml';
import type { Bounds } from '../../model/bounds.js';
import type { FileFacts, RequirementFact } from '../../model/fact.js';
import type { Source } from '../frontend.js';
import type { LineIndex } from '../places.js';
import { normalisedName, requirementFact } from './requirement.js';
import { readYaml, spanOf } from './yaml-document.js';

/** Reads `Pipfile.lock`. It is JSON, which a YAML library reads with positions. */
export function readPipenvLock(source: Source, bounds: Bounds): FileFacts {
  return readYaml(source, bounds, (root, lines) =>
    ['default', 'develop'].flatMap((section) => {
      const packages = isMap(root) ? root.get(section) : undefined;
      return isMap(packages) ? packages.items.flatMap((pair) => lockedPackage(pair, lines)) : [];
    }),
  );
}

function lockedPackage(pair: Pair, lines: LineIndex): RequirementFact[] {
  if (!isScalar(pair.key) || typeof pair.key.value !== 'string' || !isMap(pair.value)) return [];
  const version = pair.value.get('version', true);
  if (!isScalar(version) || typeof version.value !== 'string') return [];
  const place = lines.place(...spanOf(version));
  return [
    requirementFact({ library: normalisedName(pair.key.value), specifier: version.value, origin: 'locked', place }),
  ];
}
