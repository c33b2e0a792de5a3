import { createNotebookFrontEnd } from '../../../src/frontends/notebook/front-end.js';
import { type Bounds, DEFAULT_BOUNDS } from '../../../src/model/bounds.js';
import type { Fact, FileFacts } from '../../../src/model/fact.js';
import { repoPath } from '../../../src/model/identifiers.js';
import { written, writtenFact } from '../python/written-facts.js';

export const frontEnd = await createNotebookFrontEnd();

/** Generous with time, so that a slow machine changes no test. */
const BOUNDS: Bounds = { ...DEFAULT_BOUNDS, parseMilliseconds: 60_000 };

export function read(text: string, bounds: Partial<Bounds> = {}): FileFacts {
  return frontEnd.extract({ path: repoPath('train.ipynb'), text }, { ...BOUNDS, ...bounds });
}

/** A notebook as Jupyter writes it: code cells of these sources. */
export function notebook(...sources: readonly string[]): string {
  const cells = sources.map((source) => ({
    cell_type: 'code',
    execution_count: null,
    metadata: {},
    outputs: [],
    source: source.split(/(?<=\n)/),
  }));
  return `${JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }, null, 1)}\n`;
}

/** The facts of a notebook of these cells, a line each. */
export function factsIn(...sources: readonly string[]): string[] {
  return read(notebook(...sources)).facts.map(lineOf);
}

function lineOf(fact: Fact): string {
  if (fact.kind === 'requirement') return `requires ${fact.library}${fact.specifier}`;
  if (fact.kind !== 'command') return writtenFact(fact);
  const environment = fact.environment.map(({ name, value }) => `${name}=${written(value)} `);
  return `$ ${environment.join('')}${fact.words.map(written).join(' ')}`;
}
