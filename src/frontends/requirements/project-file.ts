import type { RequirementFact } from '../../model/fact.js';
import type { LineIndex } from '../places.js';
import { poetrySpecifiers } from './poetry-versions.js';
import { declaredIn, normalisedName, requirementFact } from './requirement.js';
import type { TomlPair, TomlTable, TomlValue } from './toml-reader.js';

/** What `pyproject.toml` asks for, in the standard's tables and in those of uv, PDM and Poetry. Build tools are left out. */
export function readProject(tables: Iterable<TomlTable>, lines: LineIndex): RequirementFact[] {
  return [...tables].flatMap((table) =>
    table.pairs.flatMap((pair) => {
      const key = pair.path.join('/');
      if (REQUIREMENT_LISTS.test(key)) return listed(pair.value(), lines);
      const poetry = POETRY_LIBRARY.exec(key)?.groups;
      if (poetry?.name === undefined || poetry.name === 'python') return [];
      return poetryRequirements(poetry.name, poetry.rest, pair);
    }),
  );
}

/** What a lock file of uv or Poetry installs: every `[[package]]` but the repository's own. */
export function readPackageLock(tables: Iterable<TomlTable>): RequirementFact[] {
  return [...tables].flatMap((table) => (table.path.join('/') === 'package' ? locked(table) : []));
}

const REQUIREMENT_LISTS = new RegExp(
  '^(?:project/dependencies|project/optional-dependencies/[^/]+|dependency-groups/[^/]+' +
    '|tool/uv/(?:dev|constraint|override)-dependencies|tool/pdm/dev-dependencies/[^/]+)$',
);
const POETRY_LIBRARY = /^tool\/poetry\/(?:group\/[^/]+\/)?(?:dev-)?dependencies\/(?<name>[^/]+)(?:\/(?<rest>[^/]+))?$/;

function listed(value: TomlValue, lines: LineIndex): RequirementFact[] {
  if (value.kind !== 'array') return [];
  return value.items.flatMap((item) => (item.kind === 'string' ? declaredIn(item.text, item.inner, lines) : []));
}

/** `peft = "^0.11"`, `peft = { version = "^0.11" }`, a list of these, and `[….peft]` with `version` below it. */
function poetryRequirements(name: string, rest: string | undefined, pair: TomlPair): RequirementFact[] {
  if (rest !== undefined && rest !== 'version') return [];
  return constraintsIn(pair.value()).flatMap((constraint) =>
    poetrySpecifiers(constraint).map((specifier) =>
      requirementFact({ library: normalisedName(name), specifier, origin: 'declared', place: pair.place }),
    ),
  );
}

function constraintsIn(value: TomlValue): string[] {
  switch (value.kind) {
    case 'string':
      return [value.text];
    case 'array':
      return value.items.flatMap(constraintsIn);
    case 'table': {
      const version = value.pairs.find((pair) => pair.path.join('/') === 'version')?.value();
      // From git or a path: it is asked for, in no version that is known.
      return version?.kind === 'string' ? [version.text] : ['*'];
    }
    default:
      return [];
  }
}

function locked(table: TomlTable): RequirementFact[] {
  const pairOf = (name: string) => table.pairs.find((pair) => pair.path.join('/') === `package/${name}`);
  const versionPair = pairOf('version');
  const [name, version, source] = [pairOf('name')?.value(), versionPair?.value(), pairOf('source')?.value()];
  if (versionPair === undefined || name?.kind !== 'string' || version?.kind !== 'string') return [];
  if (source?.kind === 'table' && source.pairs.some((pair) => OWN_SOURCES.has(pair.path.join('/')))) return [];
  const library = normalisedName(name.text);
  return [requirementFact({ library, specifier: `==${version.text}`, origin: 'locked', place: versionPair.place })];
}

/** How uv writes that a package is the repository itself. */
const OWN_SOURCES = new Set(['editable', 'virtual', 'directory']);
