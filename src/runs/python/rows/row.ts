import type { Location } from '../../../model/location.js';
import type { DataSource, Mixing, Taking } from '../../../model/run-data.js';

/** A source, with what says which of its rows comes first. */
export interface Row extends DataSource {
  /** Equal for two sources whose rows stand in the same order, so that a place in one is the same place in the other. */
  readonly order: string;
  /** The last call that shuffled them; null where they stand as they were loaded. */
  readonly shuffled: Location | null;
  /** The last step that put one document into several rows; null where none is known. */
  readonly mixed: Mixing | null;
}

/** Rows of a data set that is known by nothing but the expression that makes it. */
export function unnamed(origin: string, at: Location): Row {
  return {
    name: null,
    configuration: null,
    origin,
    split: null,
    taken: [],
    at,
    order: origin,
    shuffled: null,
    mixed: null,
  };
}

/** Whether nothing is known of where the rows come from. */
export function isUnnamed({ name, split, taken }: Row): boolean {
  return name === null && split === null && taken.length === 0;
}

export function withTaking(rows: readonly Row[], taking: Taking, order: string): readonly Row[] {
  return rows.map((row) => ({ ...row, taken: [...row.taken, taking], order }));
}

/** One part of a random split. Of rows that keep their order none is drawn. */
export function withPart(
  rows: readonly Row[],
  part: { readonly of: string; readonly name: string; readonly at: Location; readonly isDrawn: boolean },
): readonly Row[] {
  const { of, name, at, isDrawn } = part;
  return rows.map((row) => ({
    ...row,
    taken: [...row.taken, { kind: 'part', of, name, mixed: isDrawn ? row.mixed : null, at }],
    order: `${of} ${name}`,
  }));
}

export function withMixing(rows: readonly Row[], mixed: Mixing | null): readonly Row[] {
  return mixed === null ? rows : rows.map((row) => ({ ...row, mixed }));
}

export function withOrder(rows: readonly Row[], order: string, shuffled: Location | null = null): readonly Row[] {
  return rows.map((row) => ({ ...row, order, shuffled: shuffled ?? row.shuffled }));
}

/**
 * What is one of several things, which one is known only when the code runs. Nothing is not one of them: who is handed
 * nothing measures nothing.
 */
export function either(alternatives: readonly (readonly Row[])[], id: string, at: Location): readonly Row[] {
  const [first, ...others] = alternatives.filter((it) => it.length > 0);
  if (first === undefined || others.length === 0) return first ?? [];
  if (others.some((it) => it.length !== first.length)) return [unnamed(id, at)];
  const merged = first.map((row, index) =>
    others.reduce<Row | null>((known, other) => merge(known, other[index] as Row, id), row),
  );
  return merged.every((it) => it !== null) ? merged : [unnamed(id, at)];
}

function merge(a: Row | null, b: Row, id: string): Row | null {
  if (a === null || a.split !== b.split) return null;
  if (a.origin !== b.origin) {
    const isWhole = a.split !== null && a.taken.length === 0 && b.taken.length === 0;
    return isWhole ? { ...unnamed(id, a.at), split: a.split } : null;
  }
  const differs = a.taken.findIndex((it, index) => !isSameTaking(it, b.taken[index]));
  const common = differs === -1 ? a.taken : a.taken.slice(0, differs);
  if (common.length === a.taken.length && common.length === b.taken.length)
    return sameMixing(a.order === b.order ? a : { ...a, order: id }, b);
  return { ...sameMixing(a, b), taken: [...common, { kind: 'some', by: id, at: a.at }], order: id };
}

/** What only one of two alternatives does is not certain. */
function sameMixing(a: Row, b: Row): Row {
  return a.mixed?.by === b.mixed?.by && a.mixed?.kind === b.mixed?.kind ? a : { ...a, mixed: null };
}

export function isSameTaking(a: Taking, b: Taking | undefined): boolean {
  switch (a.kind) {
    case 'part':
      return b?.kind === 'part' && a.of === b.of && a.name === b.name;
    case 'range':
      return b?.kind === 'range' && a.of === b.of && a.from === b.from && a.to === b.to;
    default:
      return b?.kind === 'some' && a.by === b.by;
  }
}
