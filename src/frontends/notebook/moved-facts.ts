import type { Fact, ScopeId } from '../../model/fact.js';
import type { Place } from '../../model/location.js';

/** Where the facts of a part of a file belong in the whole. */
export interface Moving {
  readonly place: (place: Place) => Place;
  readonly scope: (scope: ScopeId) => ScopeId;
}

/** The same facts with every place in them moved, and every scope. What facts share stays shared. */
export function movedFacts(facts: readonly Fact[], moving: Moving): Fact[] {
  const moved = new Map<object, unknown>();
  return facts.map((fact) => inScope(movedValue(fact, moving, moved) as Fact, moving));
}

function inScope(fact: Fact, { scope }: Moving): Fact {
  if (!('scope' in fact)) return fact;
  const own = { ...fact, scope: scope(fact.scope) };
  return 'body' in own ? { ...own, body: scope(own.body) } : own;
}

/** Facts are plain data of bounded depth, so that their places can be found without knowing each kind of them. */
function movedValue(value: unknown, moving: Moving, moved: Map<object, unknown>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (isPlace(value)) return moving.place(value);
  const known = moved.get(value);
  if (known !== undefined) return known;
  const result = Array.isArray(value) ? value.map((item) => movedValue(item, moving, moved)) : { ...value };
  if (!Array.isArray(result)) {
    const fields: Record<string, unknown> = result;
    for (const key in fields) fields[key] = movedValue(fields[key], moving, moved);
  }
  moved.set(value, result);
  return result;
}

function isPlace(value: object): value is Place {
  return 'startLine' in value && 'endLine' in value;
}
