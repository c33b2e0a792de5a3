import { createConfigFrontEnd } from '../../../src/frontends/config/front-end.js';
import { type Bounds, DEFAULT_BOUNDS } from '../../../src/model/bounds.js';
import type { Expression, MapExpression } from '../../../src/model/expression.js';
import type { FileFacts } from '../../../src/model/fact.js';
import { repoPath } from '../../../src/model/identifiers.js';
import type { Place } from '../../../src/model/location.js';

const frontEnd = await createConfigFrontEnd();

export const claims = frontEnd.claims;

export function read(text: string, { path = 'a.yml', ...bounds }: Partial<Bounds> & { path?: string } = {}): FileFacts {
  return frontEnd.extract({ path: repoPath(path), text }, { ...DEFAULT_BOUNDS, ...bounds });
}

/** The documents of a text as plain data; what is no constant is written in angle brackets. */
export function dataOf(file: FileFacts): unknown[] {
  return rootsOf(file).map(plain);
}

export function rootsOf(file: FileFacts): Expression[] {
  return file.facts.map((fact) => {
    if (fact.kind !== 'document') throw new TypeError(`a ${fact.kind} in a configuration file`);
    return fact.root;
  });
}

export function rootMap(file: FileFacts): MapExpression {
  const [root] = rootsOf(file);
  if (root?.kind !== 'map') throw new TypeError('the first document is no map');
  return root;
}

export function textAt(text: string, place: Place): string {
  return text.slice(place.start, place.end);
}

function plain(expression: Expression): unknown {
  switch (expression.kind) {
    case 'scalar':
      return expression.value;
    case 'list':
      return expression.items.map(plain);
    case 'map':
      return Object.fromEntries(expression.entries.map((entry) => [entry.key ?? '<no constant>', plain(entry.value)]));
    case 'template':
      return { template: expression.parts.map(plain) };
    case 'reference':
      return `<reference ${expression.name}>`;
    default:
      return `<${expression.kind}>`;
  }
}
