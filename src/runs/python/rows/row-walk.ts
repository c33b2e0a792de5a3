import {
  type CallExpression,
  type Expression,
  findArgument,
  lastName,
  positionalArgument,
} from '../../../model/expression.js';
import type { FunctionFact } from '../../../model/fact.js';
import { type Location, locate } from '../../../model/location.js';
import type { Evaluator } from '../evaluate.js';
import type { PythonModule } from '../module.js';
import type { Context } from '../values.js';
import { type Defined, type Definition, definitionsOf, idOf, isFollowed, type Site } from './definitions.js';
import { entriesOf, loaded } from './loads.js';
import { mappedMixing, repeatedAt, repeatedRow } from './mixing.js';
import { rangeOfSelect, rangeOfSlice, type Stretch } from './ranges.js';
import { either, isUnnamed, type Row, unnamed, withMixing, withOrder, withPart, withTaking } from './row.js';

/** Expressions looked at for one argument. Names that lead to several things each would otherwise be followed for ever. */
const MOST_STEPS = 600;
const MOST_DEPTH = 60;

/** Methods that give back the same rows in the same order, written in another way. */
const SAME_ROWS =
  /^(?:map|rename_columns?|remove_columns|select_columns|cast|cast_column|with_format|with_transform|add_column|class_encode_column|to_iterable_dataset|to_pandas|to_list|reset_index|copy|from_pandas|from_list|from_polars)$/;
/** Methods that give back the same rows in another order. */
const OTHER_ORDER = /^(?:sort|sort_values|flatten_indices)$/;
/** Methods that give back some of the rows, which the arguments do not say. */
const SOME_ROWS = /^(?:filter|shard|sample|drop|dropna|drop_duplicates|head|tail)$/;

type Rows = readonly Row[];
/** Several sets of rows by name; null for a name that is not among them. */
type Splits = (name: string) => Rows | null;

/** Follows rows from where they are used to the data sets that they come from. What cannot be followed is a source without a name. */
export class RowWalk {
  readonly #evaluator: Evaluator;
  #steps = 0;

  constructor(evaluator: Evaluator) {
    this.#evaluator = evaluator;
  }

  /** None where the expression is nothing. */
  rows(expression: Expression, site: Site, depth = 0): Rows {
    this.#steps += 1;
    if (this.#steps > MOST_STEPS || depth > MOST_DEPTH) return this.#unread(expression, site);
    switch (expression.kind) {
      case 'scalar':
        return expression.value === null ? [] : this.#unread(expression, site);
      case 'reference':
        return this.#named(expression, site, depth);
      case 'choice':
        return this.#either(
          expression.options.map((it) => this.rows(it, site, depth + 1)),
          expression,
          site,
        );
      case 'subscript':
        return this.#subscript(expression, site, depth);
      case 'call':
        return this.#called(expression, site, depth);
      default:
        return this.#unread(expression, site);
    }
  }

  /** What a map or a call of `dict` holds under a name, as `**rows` hands it on; null where it cannot be told. */
  entry(expression: Expression, name: string, site: Site, depth = 0): Rows | null {
    return this.#splits(expression, site, depth)?.(name) ?? null;
  }

  #named(expression: Extract<Expression, { kind: 'reference' }>, site: Site, depth: number): Rows {
    const defined = definitionsOf(expression.name, site, this.#evaluator);
    if (defined === null)
      return [unnamed(idOf(site.context.module, expression.name, site.context), this.#at(expression, site))];
    const alternatives = defined.definitions.map((it) => this.#defined(it, defined, expression, site, depth));
    return either(alternatives, defined.id, this.#at(expression, site));
  }

  #defined(it: Definition, { id }: Defined, used: Expression, site: Site, depth: number): Rows {
    switch (it.kind) {
      case 'value':
        return this.rows(it.value, it.site, depth + 1);
      case 'item':
        return this.#item(it.of, it.index, it.site, depth + 1);
      default:
        return [unnamed(id, this.#at(used, site))];
    }
  }

  #subscript(expression: Extract<Expression, { kind: 'subscript' }>, site: Site, depth: number): Rows {
    const { base, key, dotted } = expression;
    if (dotted === true) return this.#unread(expression, site);
    if (key.kind === 'scalar' && typeof key.value === 'number') return this.#item(base, key.value, site, depth + 1);
    if (key.kind === 'scalar' && typeof key.value === 'string') return this.#split(base, key.value, site, depth + 1);
    const rows = this.rows(withoutIndexer(base), site, depth + 1);
    const stretch = rangeOfSlice(key, site, this.#evaluator);
    return stretch === null ? this.#some(rows, expression, site) : this.#range(rows, stretch, expression, site);
  }

  /** `base["train"]`: a split, or a column of rows that are one split already. */
  #split(base: Expression, name: string, site: Site, depth: number): Rows {
    const found = this.#splits(base, site, depth)?.(name) ?? null;
    if (found !== null) return found;
    const rows = this.rows(base, site, depth);
    const [only, ...others] = rows;
    if (only === undefined) return rows;
    const by = `${only.order}[${name}]`;
    if (others.length === 0 && isUnnamed(only)) return [unnamed(by, only.at)];
    return withTaking(rows, { kind: 'some', by, at: only.at }, by);
  }

  #splits(expression: Expression, site: Site, depth: number): Splits | null {
    this.#steps += 1;
    if (this.#steps > MOST_STEPS || depth > MOST_DEPTH) return null;
    switch (expression.kind) {
      case 'scalar':
        return expression.value === null ? () => [] : null;
      case 'reference':
        return this.#namedSplits(expression, site, depth);
      case 'choice':
        return this.#eitherSplits(
          expression.options.map((it) => this.#splits(it, site, depth + 1)),
          expression,
          site,
        );
      case 'map': {
        if (expression.spreads.length > 0) return null;
        return (name) => {
          const entry = expression.entries.findLast((it) => it.key === name);
          return entry === undefined ? null : this.rows(entry.value, site, depth + 1);
        };
      }
      case 'call':
        return this.#splitsOfCall(expression, site, depth);
      default:
        return null;
    }
  }

  /** `rows["train"] = more` puts another split in place of the one that was there. */
  #namedSplits(expression: Extract<Expression, { kind: 'reference' }>, site: Site, depth: number): Splits {
    const at = this.#at(expression, site);
    const defined = definitionsOf(expression.name, site, this.#evaluator);
    const all = (defined?.definitions ?? []).map((it) =>
      it.kind === 'value' ? this.#splits(it.value, it.site, depth + 1) : null,
    );
    return (name) => {
      const known = all.map((it) => it?.(name) ?? null);
      const found =
        defined === null || known.some((it) => it === null)
          ? null
          : either(
              known.map((it) => it ?? []),
              defined.id,
              at,
            );
      const put = definitionsOf(`${expression.name}.${name}`, site, this.#evaluator);
      // What was put there before the object was made anew is in another one.
      const given = (put?.definitions ?? []).filter(
        (it) => it.kind === 'unread' || it.site.before > (defined?.since ?? -1),
      );
      if (put === null || given.length === 0) return found;
      if (put.since === -1 && found === null) return null;
      const rows = given.map((it) => this.#defined(it, put, expression, site, depth));
      return either(put.since === -1 ? [found ?? [], ...rows] : rows, put.id, at);
    };
  }

  #splitsOfCall(call: CallExpression, site: Site, depth: number): Splits | null {
    const entries = entriesOf(call);
    if (entries !== null)
      return (name) => {
        const value = entries(name);
        return value === null ? null : this.rows(value, site, depth + 1);
      };
    const load = loaded(call, site.context, this.#evaluator);
    if (load !== null) {
      const { split } = load;
      return split === null ? null : (name) => [split(name)];
    }
    const follows = this.#followed(call, site.context);
    if (follows !== null) {
      const all = follows.map((it) => this.#splits(it.value, it.site, depth + 1));
      return this.#eitherSplits(all, call, site);
    }
    const base = this.#baseOf(call, site);
    if (base === null) return null;
    const method = lastName(call.callee);
    if (method === 'train_test_split') {
      const rows = this.rows(base, site, depth + 1);
      return (name) => this.#part(rows, name, call, site);
    }
    // Methods of a dict of data sets change each of them.
    const change = this.#change(call, site);
    const splits = change === null ? null : this.#splits(base, site, depth + 1);
    if (change === null || splits === null) return null;
    return (name) => {
      const rows = splits(name);
      return rows === null ? null : change(rows);
    };
  }

  #called(call: CallExpression, site: Site, depth: number): Rows {
    const load = loaded(call, site.context, this.#evaluator);
    if (load !== null) return load.rows;
    if (this.#isLibrary(call, site, /^(?:datasets\.(?:concatenate_datasets|interleave_datasets)|pandas\.concat)$/))
      return this.#joined(call, site, depth);
    const follows = this.#followed(call, site.context);
    if (follows !== null) {
      const all = follows.map((it) => this.rows(it.value, it.site, depth + 1));
      return this.#either(all, call, site);
    }
    const base = this.#baseOf(call, site);
    const change = base === null ? null : this.#change(call, site);
    if (base === null || change === null) return this.#unread(call, site);
    return change(this.rows(base, site, depth + 1));
  }

  /** What a method makes of rows; null for one that is not known. */
  #change(call: CallExpression, site: Site): ((rows: Rows) => Rows) | null {
    const method = lastName(call.callee);
    // What is mapped a batch at a time may become more rows, or fewer.
    if (method === 'map' && findArgument(call, 'batched') !== undefined)
      return (rows) => withMixing(withOrder(rows, this.#id(call, site)), mappedMixing(call, site, this.#evaluator));
    if (method === 'repeat') return (rows) => this.#repeated(withOrder(rows, this.#id(call, site)), call, site);
    if (SAME_ROWS.test(method) || dropsColumns(call)) return (rows) => rows;
    if (method === 'shuffle') return (rows) => withOrder(rows, this.#id(call, site), this.#at(call, site));
    if (OTHER_ORDER.test(method)) return (rows) => withOrder(rows, this.#id(call, site));
    if (SOME_ROWS.test(method)) {
      const draws = isTrueLiteral(findArgument(call, 'replace')?.value);
      return (rows) => {
        const some = this.#some(rows, call, site);
        if (method === 'drop_duplicates') return some.map((row) => ({ ...row, mixed: null }));
        return draws ? this.#repeated(some, call, site) : some;
      };
    }
    if (method !== 'select' && method !== 'take' && method !== 'skip') return null;
    const stretch = rangeOfSelect(call, site, this.#evaluator);
    return (rows) => (stretch === null ? this.#some(rows, call, site) : this.#range(rows, stretch, call, site));
  }

  #joined(call: CallExpression, site: Site, depth: number): Rows {
    // Columns are put beside each other.
    if (findArgument(call, 'axis') !== undefined) return this.#unread(call, site);
    const given =
      ['dsets', 'datasets', 'objs'].map((name) => findArgument(call, name)).find((it) => it !== undefined)?.value ??
      positionalArgument(call, 0)?.value;
    const times = given === undefined ? null : this.#times(given, site);
    const list = this.#listOf(times?.list ?? given, site);
    if (list === null) return this.#unread(call, site);
    const joined = withOrder(
      list.items.flatMap((it) => this.rows(it, list.site, depth + 1)),
      this.#id(call, site),
    );
    return times !== null || repeatedRow(joined) !== null ? this.#repeated(joined, call, site) : joined;
  }

  /** `[rows] * 3`; null where it is not known to be more than once. */
  #times(given: Expression, { context }: Site): { readonly list: Expression } | null {
    if (given.kind !== 'opaque' || given.parts.length !== 2 || !given.text.includes('*')) return null;
    const [list, count] = given.parts;
    const times = count === undefined ? null : this.#evaluator.evaluate(count, context);
    const isSeveral = times?.kind === 'scalar' && times.byDefault !== true && Number(times.value) > 1;
    return list?.kind === 'list' && isSeveral ? { list } : null;
  }

  #repeated(rows: Rows, call: CallExpression, site: Site): Rows {
    return withMixing(rows, repeatedAt(call, this.#at(call, site)));
  }

  /** A list that is written out, perhaps under a name that nothing is put into. */
  #listOf(
    given: Expression | undefined,
    site: Site,
  ): { readonly items: readonly Expression[]; readonly site: Site } | null {
    if (given?.kind === 'list') return given.complete ? { items: given.items, site } : null;
    if (given?.kind !== 'reference') return null;
    const [only, ...others] = definitionsOf(given.name, site, this.#evaluator)?.definitions ?? [];
    if (only?.kind !== 'value' || only.value.kind !== 'list' || !only.value.complete || others.length > 0) return null;
    const { module } = site.context;
    const grows = ['append', 'extend', 'insert'].some((method) =>
      module.callsNamed(method).some(({ call }) => call.callee === `${given.name}.${method}`),
    );
    return grows ? null : { items: only.value.items, site: only.site };
  }

  /** One item of what is taken apart: `a, b = value`. */
  #item(of: Expression, index: number, site: Site, depth: number): Rows {
    this.#steps += 1;
    if (this.#steps > MOST_STEPS || depth > MOST_DEPTH) return this.#unreadItem(of, index, site);
    if (of.kind === 'list' && of.complete) {
      const item = of.items.at(index);
      return item === undefined ? [] : this.rows(item, site, depth + 1);
    }
    if (of.kind === 'reference') {
      const defined = definitionsOf(of.name, site, this.#evaluator);
      const [only, ...others] = defined?.definitions ?? [];
      if (only?.kind === 'value' && others.length === 0) return this.#item(only.value, index, only.site, depth + 1);
    }
    return of.kind === 'call' ? this.#itemOfCall(of, index, site, depth) : this.#unreadItem(of, index, site);
  }

  #itemOfCall(call: CallExpression, index: number, site: Site, depth: number): Rows {
    const load = loaded(call, site.context, this.#evaluator);
    if (load !== null)
      return load.split === null ? load.rows.slice(index, index + 1) : this.#unreadItem(call, index, site);
    const follows = this.#followed(call, site.context);
    if (follows !== null) {
      const all = follows.map((it) => this.#item(it.value, index, it.site, depth + 1));
      return this.#either(all, call, site);
    }
    const split = this.#isLibrary(call, site, /^sklearn\.model_selection\.train_test_split$/);
    // `a, b, labels_a, labels_b = train_test_split(rows, labels)`: two parts of each array.
    const given = positionalArgument(call, split ? Math.floor(index / 2) : 0)?.value;
    if (split && given !== undefined)
      return this.#part(this.rows(given, site, depth + 1), index % 2 === 0 ? 'train' : 'test', call, site);
    if (given !== undefined && this.#isLibrary(call, site, /^torch\.utils\.data(?:\.dataset)?\.random_split$/))
      return this.#part(this.rows(given, site, depth + 1), String(index), call, site);
    const base = this.#baseOf(call, site);
    // `rows.train_test_split(0.1).values()`, in the order that the library puts them.
    if (base?.kind === 'call' && lastName(call.callee) === 'values' && lastName(base.callee) === 'train_test_split')
      return (
        this.#splits(base, site, depth + 1)?.(index === 0 ? 'train' : 'test') ?? this.#unreadItem(call, index, site)
      );
    return this.#unreadItem(call, index, site);
  }

  /** What a function of the tree gives back, once for each `return`; null for a call that is not followed. */
  #followed(
    call: CallExpression,
    context: Context,
  ): readonly { readonly value: Expression; readonly site: Site }[] | null {
    const target = this.#functionOf(call, context);
    if (target === null || isFollowed(target.definition, context) || target.definition.decorators.length > 0)
      return null;
    const { module, definition: owner } = target;
    const returns = module.returns.filter((it) => it.scope === owner.body);
    if (returns.length === 0) return null;
    const inside = { module, scope: owner.body, frame: { owner, call, context } };
    return returns.map(({ value, place }) => ({ value, site: { context: inside, before: place.start } }));
  }

  #functionOf(
    { callee }: CallExpression,
    { module, scope }: Context,
  ): { readonly module: PythonModule; readonly definition: FunctionFact } | null {
    if (callee === '' || callee.startsWith('.')) return null;
    if (callee.startsWith('self.')) {
      const type = module.enclosingClass(scope);
      const method = type === null ? undefined : module.methodsOf(type).find((it) => callee === `self.${it.name}`);
      return method === undefined ? null : { module, definition: method };
    }
    const symbol = this.#evaluator.program.symbol(module, scope, callee);
    return symbol?.kind === 'function' ? symbol : null;
  }

  /** What a method is called on; the argument of a function that makes rows of it, `Dataset.from_pandas(frame)`. */
  #baseOf(call: CallExpression, site: Site): Expression | null {
    const { receiver, callee, place } = call;
    if (/(?:^|\.)from_(?:pandas|list|polars)$/.test(callee)) return positionalArgument(call, 0)?.value ?? null;
    if (receiver !== null) return receiver;
    const name = callee.split('.').slice(0, -1).join('.');
    // `random.sample(rows, 10)` is no method of rows.
    return name === '' || this.#isLibrary(call, site, /./) ? null : { kind: 'reference', name, place };
  }

  #part(rows: Rows, name: string, call: CallExpression, site: Site): Rows {
    const shuffle = findArgument(call, 'shuffle')?.value;
    const isDrawn = shuffle === undefined || isTrueLiteral(shuffle);
    return withPart(rows, { of: this.#id(call, site), name, at: this.#at(call, site), isDrawn });
  }

  #range(rows: Rows, { from, to }: Stretch, expression: Expression, site: Site): Rows {
    const [first] = rows;
    // Joined rows that were changed one by one have no order of their own.
    if (first === undefined || rows.some((it) => it.order !== first.order)) return this.#some(rows, expression, site);
    const at = this.#at(expression, site);
    return withTaking(
      rows,
      { kind: 'range', of: first.order, from, to, shuffled: first.shuffled, at },
      this.#id(expression, site),
    );
  }

  #some(rows: Rows, expression: Expression, site: Site): Rows {
    const by = this.#id(expression, site);
    return withTaking(rows, { kind: 'some', by, at: this.#at(expression, site) }, by);
  }

  #either(alternatives: readonly Rows[], expression: Expression, site: Site): Rows {
    return either(alternatives, this.#id(expression, site), this.#at(expression, site));
  }

  #eitherSplits(all: readonly (Splits | null)[], expression: Expression, site: Site): Splits | null {
    if (all.some((it) => it === null)) return null;
    return (name) => {
      const rows = all.flatMap((it) => [it?.(name) ?? null]);
      return rows.some((it) => it === null)
        ? null
        : this.#either(
            rows.map((it) => it ?? []),
            expression,
            site,
          );
    };
  }

  #unread(expression: Expression, site: Site): Rows {
    return [unnamed(this.#id(expression, site), this.#at(expression, site))];
  }

  #unreadItem(of: Expression, index: number, site: Site): Rows {
    return [unnamed(`${this.#id(of, site)}[${index}]`, this.#at(of, site))];
  }

  #isLibrary(call: CallExpression, { context }: Site, name: RegExp): boolean {
    const symbol = this.#evaluator.program.symbol(context.module, context.scope, call.callee);
    return symbol?.kind === 'external' && name.test(symbol.name);
  }

  #id(expression: Expression, { context }: Site): string {
    return idOf(context.module, expression.place.start, context);
  }

  #at(expression: Expression, { context }: Site): Location {
    return locate(context.module.path, expression.place);
  }
}

function isTrueLiteral(value: Expression | undefined): boolean {
  return value?.kind === 'scalar' && value.value === true;
}

/** `frame.drop(columns=["id"])` leaves all rows of a table. */
function dropsColumns(call: CallExpression): boolean {
  return lastName(call.callee) === 'drop' && ['columns', 'axis'].some((name) => findArgument(call, name) !== undefined);
}

/** `frame.iloc[:10]` takes rows of the frame. */
function withoutIndexer(base: Expression): Expression {
  if (base.kind !== 'reference') return base;
  const name = base.name.replace(/\.(?:iloc|loc)$/, '');
  return name === base.name ? base : { ...base, name };
}
