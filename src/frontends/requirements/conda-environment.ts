import { isMap, isScalar, isSeq, type ParsedNode } from 'yaml';
import type { Bounds } from '../../model/bounds.js';
import type { FileFacts, RequirementFact } from '../../model/fact.js';
import type { Source } from '../frontend.js';
import type { LineIndex } from '../places.js';
import { declaredIn, normalisedName, requirementFact } from './requirement.js';
import { readYaml, spanOf } from './yaml-document.js';

/** Reads a conda environment: what conda installs, and what it has pip install. Other YAML files hold no requirements. */
export function readCondaEnvironment(source: Source, bounds: Bounds): FileFacts {
  const read = readYaml(source, bounds, (root, lines) => {
    const dependencies = isMap(root) ? root.get('dependencies') : undefined;
    if (!isSeq<ParsedNode>(dependencies)) return [];
    return dependencies.items.flatMap((item) => dependency(item, source.text, lines));
  });
  // Another file of that name is not ours to complain about.
  return read.facts.length === 0 ? { facts: [], partial: null } : read;
}

function dependency(item: ParsedNode, text: string, lines: LineIndex): RequirementFact[] {
  if (isScalar(item) && typeof item.value === 'string')
    return condaRequirements(item.value, lines.place(...spanOf(item)));
  const pip = isMap(item) ? item.get('pip') : undefined;
  if (!isSeq<ParsedNode>(pip)) return [];
  return pip.items.flatMap((line) => {
    if (!isScalar(line) || typeof line.value !== 'string') return [];
    const [start] = spanOf(line);
    return declaredIn(line.value, start + (/^['"]/.test(text.slice(start)) ? 1 : 0), lines);
  });
}

/** `channel::name=version=build`, `name >=1,<2`, `name 4.40|4.41`: the last as one requirement for each. */
function condaRequirements(written: string, place: RequirementFact['place']): RequirementFact[] {
  const match = /^(?:[^\s:]+::)?(?<name>[A-Za-z0-9_][\w.-]*)\s*(?:\[[^\]]*\])?\s*(?<versions>.*)$/.exec(written.trim());
  const { name, versions } = match?.groups ?? {};
  if (name === undefined || versions === undefined) return [];
  const library = PYPI_NAMES.get(name) ?? normalisedName(name);
  return versions
    .split('|')
    .map((alternative) =>
      requirementFact({ library, specifier: condaSpecifier(alternative), origin: 'declared', place }),
    );
}

/** Libraries that conda knows by another name. */
const PYPI_NAMES: ReadonlyMap<string, string> = new Map([
  ['pytorch', 'torch'],
  ['pytorch-gpu', 'torch'],
]);

/** In conda `=4.40` means any 4.40, and `=4.40.1=build` or a bare version that one alone. */
function condaSpecifier(versions: string): string {
  const text = versions.trim();
  if (text === '' || text === '*') return '';
  const [, fuzzy, build] = /^=(?!=)\s*([^=\s]+)(=\S*)?$/.exec(text) ?? [];
  if (fuzzy !== undefined) return build === undefined ? `==${fuzzy.replace(/\.?\*$/, '')}.*` : `==${fuzzy}`;
  const [version = '', ...rest] = text.split(/\s+(?=[^<>=!~,])/);
  // Behind a blank stands the build, which says nothing about the version.
  const bare = rest.length > 0 ? version : text;
  return /^[\d]/.test(bare) ? `==${bare}` : bare.replace(/\s+/g, '');
}
