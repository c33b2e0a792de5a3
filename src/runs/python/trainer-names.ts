import { lastName } from '../../model/expression.js';
import type { FileOutline } from '../tree/file-outline.js';
import { TRAINERS } from './trainers.js';

type Named = Pick<FileOutline, 'calls' | 'renames' | 'classes'>;

/**
 * Every name that a trainer may go by in a tree: those of the known classes, of classes that derive from one by its
 * name, and what imports call them. What bears such a name may be something else; what bears none is no trainer.
 */
export function trainerNames(outlines: Iterable<Named>): ReadonlySet<string> {
  const derived = new Map<string, string[]>();
  const add = (from: string, to: string): void => {
    const known = derived.get(from);
    if (known === undefined) derived.set(from, [to]);
    else known.push(to);
  };
  for (const { classes, renames } of outlines) {
    for (const { name, bases } of classes) for (const base of bases) add(lastName(base), name);
    for (const { name, alias } of renames) add(name, alias);
  }
  const names = new Set(Object.keys(TRAINERS));
  // What is added on the way is visited, too.
  for (const name of names) for (const next of derived.get(name) ?? []) names.add(next);
  return names;
}

export function mayMakeTrainer({ calls }: Named, names: ReadonlySet<string>): boolean {
  return calls.some((callee) => names.has(lastName(callee)));
}

export function mayDefineTrainer({ classes }: Named, names: ReadonlySet<string>): boolean {
  return classes.some(({ bases }) => bases.some((base) => names.has(lastName(base))));
}
