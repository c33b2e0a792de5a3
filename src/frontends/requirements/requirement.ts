import type { RequirementFact } from '../../model/fact.js';
import type { Place } from '../../model/location.js';
import { maskSecrets } from '../../model/secrets.js';
import type { LineIndex } from '../places.js';

/** One requirement as PEP 508 writes it: `trl[vllm]>=0.9,<0.15 ; python_version < "3.9"`. */
export interface WrittenRequirement {
  readonly library: string;
  /** Empty where any version will do, and where a URL stands in its place. */
  readonly specifier: string;
  /** From the name to the end of the specifier, counted in the text that was read. */
  readonly start: number;
  readonly end: number;
}

/** Case and the kind of dash do not tell libraries apart (PEP 503). */
export function normalisedName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

/** Reads one requirement; null for a text that is none. Markers and hashes behind it are not looked at. */
export function parseRequirement(text: string): WrittenRequirement | null {
  const match = REQUIREMENT.exec(text);
  const { blank, name, versions, url } = match?.groups ?? {};
  if (match === null || blank === undefined || name === undefined) return null;
  const written = versions?.trim() ?? '';
  const specifier = url === undefined ? written.replace(/^\(|\)$/g, '').replace(/\s+/g, '') : '';
  const end = match[0].length - (written === '' ? 0 : (versions?.length ?? 0) - (versions?.trimEnd().length ?? 0));
  return { library: normalisedName(name), specifier, start: blank.length, end: trimmedEnd(text, end) };
}

export function requirementFact(fact: {
  library: string;
  specifier: string;
  origin: RequirementFact['origin'];
  place: Place;
}): RequirementFact {
  return { kind: 'requirement', ...fact, specifier: maskSecrets(fact.specifier) };
}

/** The fact of a text that stands at an offset of the file; none where the text is no requirement. */
export function declaredIn(text: string, offset: number, lines: LineIndex): RequirementFact[] {
  const requirement = parseRequirement(text);
  if (requirement === null) return [];
  const { library, specifier, start, end } = requirement;
  return [
    requirementFact({ library, specifier, origin: 'declared', place: lines.place(offset + start, offset + end) }),
  ];
}

const VERSION = String.raw`(?:===|~=|==|!=|<=|>=|<|>)\s*[^\s,;#()'"]+`;
const VERSIONS = String.raw`${VERSION}(?:\s*,\s*${VERSION})*\s*,?`;
/** What may stand behind a requirement: nothing, a marker, a comment, or an option of pip's such as a hash. */
const BEHIND = String.raw`(?=\s*$|\s*;|\s+#|\s+--)`;
const REQUIREMENT = new RegExp(
  String.raw`^(?<blank>\s*)(?<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?` +
    String.raw`(?:\s*@\s*(?<url>\S+)|\s*(?<versions>\(${VERSIONS}\s*\)|${VERSIONS})|)${BEHIND}`,
);

function trimmedEnd(text: string, end: number): number {
  return text.slice(0, end).trimEnd().length;
}
