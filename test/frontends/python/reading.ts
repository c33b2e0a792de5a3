import { createPythonFrontEnd } from '../../../src/frontends/python/front-end.js';
import { type Bounds, DEFAULT_BOUNDS } from '../../../src/model/bounds.js';
import type { Expression } from '../../../src/model/expression.js';
import type { FileFacts } from '../../../src/model/fact.js';
import { repoPath } from '../../../src/model/identifiers.js';
import { writtenFact } from './written-facts.js';

const frontEnd = await createPythonFrontEnd();

/** Generous with time, so that a slow machine changes no test. */
const BOUNDS: Bounds = { ...DEFAULT_BOUNDS, parseMilliseconds: 60_000 };

export function read(text: string, bounds: Partial<Bounds> = {}): FileFacts {
  return frontEnd.extract({ path: repoPath('train.py'), text }, { ...BOUNDS, ...bounds });
}

/** The facts of a text, a line each. */
export function factsIn(text: string): string[] {
  return read(text).facts.map(writtenFact);
}

/** The value of `it = <source>`. */
export function readValue(source: string): Expression {
  const fact = read(`it = ${source}\n`).facts.find((found) => found.kind === 'assignment' && found.target === 'it');
  if (fact?.kind !== 'assignment' || fact.value === null) throw new Error(`no value was read from ${source}`);
  return fact.value;
}

export { frontEnd };
