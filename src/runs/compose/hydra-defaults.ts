import type { Expression } from '../../model/expression.js';

/** One item of a list of defaults. */
export type DefaultItem =
  | { readonly kind: 'self' }
  | { readonly kind: 'config'; readonly path: string; readonly pack: string | null; readonly optional: boolean }
  | {
      readonly kind: 'group';
      readonly group: string;
      readonly value: string | null | readonly string[];
      readonly pack: string | null;
      readonly optional: boolean;
      /** It chooses for a group that another list names. */
      readonly override: boolean;
    }
  /** Known only when the program runs, such as `model: ${dataset}`. */
  | { readonly kind: 'unread' };

const UNREAD: DefaultItem = { kind: 'unread' };

/** The items of a `defaults:` list; none where there is no such key. */
export function readDefaults(list: Expression | null): DefaultItem[] {
  if (list === null || (list.kind === 'scalar' && list.value === null)) return [];
  if (list.kind !== 'list' || !list.complete) return [UNREAD];
  return list.items.map(readItem);
}

function readItem(item: Expression): DefaultItem {
  if (item.kind === 'scalar') return typeof item.value === 'string' ? readName(item.value) : UNREAD;
  const [entry, ...others] = item.kind === 'map' ? item.entries : [];
  if (item.kind !== 'map' || entry?.key == null || others.length > 0 || item.spreads.length > 0) return UNREAD;
  return readGroup(entry.key, entry.value);
}

function readName(text: string): DefaultItem {
  if (text === '_self_') return { kind: 'self' };
  const [, optional, path = '', pack] = /^(optional\s+)?([\w./-]+)(?:@([\w.]+))?$/.exec(text) ?? [];
  return path === '' ? UNREAD : { kind: 'config', path, pack: pack ?? null, optional: optional !== undefined };
}

function readGroup(key: string, value: Expression): DefaultItem {
  const [, words = '', group = '', pack] = /^((?:(?:optional|override)\s+)*)([\w./-]+)(?:@([\w.]+))?$/.exec(key) ?? [];
  const chosen = group === '' ? undefined : choiceOf(value);
  if (chosen === undefined) return UNREAD;
  // Releases do not agree on the package of `group: folder/name`.
  if (typeof chosen === 'string' && chosen.includes('/') && pack === undefined) return UNREAD;
  return {
    kind: 'group',
    group,
    value: chosen,
    pack: pack ?? null,
    optional: words.includes('optional'),
    override: words.includes('override'),
  };
}

function choiceOf(value: Expression): string | null | readonly string[] | undefined {
  if (value.kind === 'scalar') return value.value === null ? null : plainName(String(value.value));
  if (value.kind !== 'list' || !value.complete) return undefined;
  const names = value.items.map((item) => (item.kind === 'scalar' ? plainName(String(item.value)) : undefined));
  return names.every((name) => name !== undefined) ? names : undefined;
}

function plainName(text: string): string | undefined {
  return /^[\w./-]+$/.test(text) ? text : undefined;
}
