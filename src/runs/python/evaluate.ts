import {
  type Argument,
  type CallExpression,
  type Expression,
  findArgument,
  positionalArgument,
} from '../../model/expression.js';
import type { AssignmentFact, FunctionFact, ScopeId } from '../../model/fact.js';
import { encloses, type Location, locate } from '../../model/location.js';
import type { DynamicSetting } from '../../model/setting.js';
import type { TreeView } from '../tree/tree-view.js';
import { eitherDict, grown, sameValue, type Use } from './dicts.js';
import { heldAttribute, objectField } from './fields.js';
import { knownCall } from './known-calls.js';
import type { ModuleScope, PythonModule } from './module.js';
import { definedFlag } from './options/absl-flags.js';
import { commandParameter } from './options/command-functions.js';
import type { CommandLines } from './options/command-lines.js';
import { sameParser } from './options/parsers.js';
import { MAX_NAME, PythonProgram } from './program.js';
import type { Reach } from './reach.js';
import { joinedPath, pythonText } from './text.js';
import {
  type CallControl,
  type Chain,
  type Context,
  defaulted,
  doubted,
  dynamicSetting,
  type EntryValue,
  literalOf,
  unknownValue,
  type Value,
} from './values.js';

const MAX_STEPS = 40;
/** Names that lead to several names each would otherwise be followed for ever. */
const MAX_EVALUATIONS = 2_000;
/** Operands of an expression that is not read: more than a few say nothing of where a value comes from. */
const MAX_PARTS = 4;
/** Callers of a function that are asked what they hand in. */
const MAX_CALLERS = 8;

/** A call of a function, and where it stands. */
interface Caller {
  readonly from: PythonModule;
  readonly call: CallExpression;
  readonly scope: ScopeId;
}

/** Resolves values by following names through scopes, modules, calls and dicts of one program. */
export class Evaluator {
  readonly program: PythonProgram;
  /** The commands that the run in hand is started with. */
  readonly commands: CommandLines;
  /** What runs in the run in hand: a function is called from there, and what others hand in says nothing. */
  readonly #reach: Reach;
  readonly #callers = new Map<FunctionFact, readonly Caller[]>();
  /** Expressions looked at for the question in hand. */
  #evaluated = 0;

  constructor(program: PythonProgram, commands: CommandLines, reach: Reach) {
    this.program = program;
    this.commands = commands;
    this.#reach = reach;
  }

  evaluate(expression: Expression, context: Context, chain: Chain = []): Value {
    const at = locate(context.module.path, expression.place);
    const through = [...chain, at];
    if (chain.length === 0) this.#evaluated = 0;
    this.#evaluated += 1;
    if (through.length > MAX_STEPS || this.#evaluated > MAX_EVALUATIONS)
      return unknownValue('…', at, through, { cause: 'bound' });
    switch (expression.kind) {
      case 'scalar':
        return { kind: 'scalar', value: expression.value, at, chain: through };
      case 'reference':
        return this.named(expression.name, context, at, through, expression.place.start);
      case 'list': {
        const items = expression.items.map((item) => this.evaluate(item, context, through));
        return { kind: 'list', items, complete: expression.complete, at, chain: through };
      }
      case 'map':
        return this.#map(expression, context, at, through);
      case 'template':
        return this.#template(expression.parts, context, at, through);
      case 'choice': {
        const options = expression.options.map((option) => this.evaluate(option, context, through));
        return expression.by === 'or' ? this.#firstTrue(options, at, through) : this.agreed(options, at, through);
      }
      case 'call':
        return this.#call(expression, context, at, through);
      case 'subscript':
        return this.#subscript(expression, context, at, through);
      default: {
        const parts = expression.parts.slice(0, MAX_PARTS).map((part) => this.evaluate(part, context, through));
        return unknownValue(expression.text, at, through, { cause: 'expression', parts });
      }
    }
  }

  /** A keyword argument of a call, also where a dict that holds it is spread in. */
  control(
    call: CallExpression,
    names: readonly string[],
    context: Context,
    position?: number,
    chain: Chain = [],
  ): CallControl {
    for (const name of names) {
      const argument = findArgument(call, name);
      if (argument !== undefined) return this.#stated(argument, context, chain);
    }
    const positional = position === undefined ? undefined : positionalArgument(call, position);
    if (positional !== undefined) return this.#stated(positional, context, chain);
    return this.#spreadControl(call, names, context, chain);
  }

  /** What keeps a call from being read whole: the first spread argument that could not be resolved. */
  openness(call: CallExpression, context: Context, chain: Chain = []): DynamicSetting | null {
    for (const argument of call.arguments) {
      if (argument.spread === '') continue;
      const value = this.evaluate(argument.value, context, chain);
      if (argument.spread === '**' && value.kind === 'map' && value.complete) continue;
      if (argument.spread === '*' && value.kind === 'list' && value.complete) continue;
      return dynamicSetting(value);
    }
    return null;
  }

  #stated(argument: Argument, context: Context, chain: Chain): CallControl {
    return {
      value: this.evaluate(argument.value, context, chain),
      stated: locate(context.module.path, argument.place),
    };
  }

  #spreadControl(call: CallExpression, names: readonly string[], context: Context, chain: Chain): CallControl {
    for (const argument of call.arguments) {
      if (argument.spread !== '**') continue;
      const map = this.evaluate(argument.value, context, chain);
      if (map.kind !== 'map') continue;
      for (const name of names) {
        const entry = map.entries.get(name);
        if (entry !== undefined) return { value: entry.value, stated: entry.stated };
      }
    }
    return { value: null, stated: null };
  }

  /** What a name stands for where it is used; dotted as in the source. */
  named(name: string, context: Context, at: Location, chain: Chain, before: number): Value {
    if (name.length > MAX_NAME) return unknownValue('a long name', at, chain, { cause: 'bound' });
    if (name === '__file__') {
      const file = `./${context.module.path.slice(context.module.path.lastIndexOf('/') + 1)}`;
      return { kind: 'scalar', value: file, at, chain, from: context.module.path };
    }
    const whole = this.assigned(name, context, at, chain, before);
    if (whole !== null) return whole;
    const dot = name.lastIndexOf('.');
    if (dot !== -1) return this.#attribute(name.slice(0, dot), name.slice(dot + 1), context, at, chain, before);
    return this.#parameter(name, context, at, chain) ?? this.#symbolValue(name, context, at, chain);
  }

  /** The value that assignments in the scopes around give to exactly this name, dotted or not. */
  assigned(name: string, context: Context, at: Location, chain: Chain, before: number): Value | null {
    const { module } = context;
    const all = module.assignmentsTo(name);
    if (all.length === 0) return null;
    for (const scope of module.lookupScopes(context.scope)) {
      if (this.#declares(module, scope, name)) return null;
      const here = all.filter((it) => it.scope === scope);
      if (here.length === 0) continue;
      const use = { scope: context.scope, before: scope === context.scope ? before : null };
      const reached = reaching(here, use.before);
      const owner = module.ownerOf(scope);
      if (owner?.kind !== 'function' || owner.parameters.every((it) => it.name !== name))
        return this.oneOf(reached, name, { ...context, scope }, at, chain, use);
      return this.#reassigned(reached, name, owner, { ...context, scope }, at, chain, use);
    }
    return null;
  }

  /** A parameter that the function gives another value, always or under a condition. */
  #reassigned(
    reached: readonly AssignmentFact[],
    name: string,
    owner: FunctionFact,
    context: Context,
    at: Location,
    chain: Chain,
    use: Use,
  ): Value {
    const isEarlier = (it: AssignmentFact): boolean => use.before === null || it.place.end <= use.before;
    const earlier = reached.filter(isEarlier);
    const handed = (): Value => this.argumentFor(name, owner, context, at, chain);
    if (earlier.length === 0) return handed();
    const given = earlier.map((it) => this.#given(it, name, context, chain, use));
    const always = earlier.some((it) => !it.conditional);
    return this.agreed(always ? given : [handed(), ...given], at, chain);
  }

  #declares(module: PythonModule, scope: ScopeId, name: string): boolean {
    const owner = module.ownerOf(scope);
    return (
      owner?.kind === 'function' &&
      owner.parameters.some((it) => it.name === name) &&
      module.assignmentsTo(name).every((it) => it.scope !== scope)
    );
  }

  /** What one of several assignments of a name gives it. `context` is where they stand. */
  oneOf(
    assignments: readonly AssignmentFact[],
    name: string,
    context: Context,
    at: Location,
    chain: Chain,
    use: Use = { scope: context.scope, before: null },
  ): Value {
    const values = assignments.map((it) => this.#given(it, name, { ...context, scope: it.scope }, chain, use));
    return this.agreed(values, at, chain);
  }

  #given(assignment: AssignmentFact, name: string, context: Context, chain: Chain, use: Use): Value {
    const { module } = context;
    const place = locate(module.path, assignment.place);
    const unpacked = this.#unpacked(assignment, context, chain);
    if (unpacked !== null) return { ...unpacked, held: { name, scope: assignment.scope, module } };
    if (assignment.value === null || mentions(assignment.value, name))
      return unknownValue(name, place, [...chain, place], { cause: 'expression' });
    const value = this.evaluate(assignment.value, context, chain);
    if (value.kind === 'map') return grown(name, assignment, value, use, this, context);
    return value.kind === 'call' && value.held === undefined
      ? { ...value, held: { name, scope: assignment.scope, module } }
      : value;
  }

  /** `a, b = call()`: each name is one item of the result. The first of them alone holds the call. */
  #unpacked(assignment: AssignmentFact, context: Context, chain: Chain): Extract<Value, { kind: 'call' }> | null {
    if (assignment.value?.kind !== 'opaque') return null;
    const siblings = context.module.unpackedWith(assignment);
    const whole = siblings[0]?.value;
    const call = whole?.kind === 'opaque' ? whole.parts[0] : undefined;
    // What is taken apart is the whole right side, and not an operand of it.
    if (whole == null || call?.kind !== 'call' || !encloses(call.place, whole.place)) return null;
    const value = this.evaluate(call, context, chain);
    return value.kind === 'call' ? { ...value, item: siblings.indexOf(assignment) } : null;
  }

  #parameter(name: string, context: Context, at: Location, chain: Chain): Value | null {
    for (const scope of context.module.lookupScopes(context.scope)) {
      const owner = context.module.ownerOf(scope);
      const parameter = owner?.kind === 'function' ? owner.parameters.find((it) => it.name === name) : undefined;
      if (owner?.kind !== 'function' || parameter === undefined) continue;
      if (parameter.spread !== '') return unknownValue(`${parameter.spread}${name}`, at, chain, { cause: 'parameter' });
      return this.argumentFor(name, owner, context, at, chain);
    }
    return null;
  }

  /**
   * A parameter is what the call that is followed hands in; else what the command line does; else what all callers
   * hand in, where the tree holds them and they agree.
   */
  argumentFor(name: string, owner: FunctionFact, context: Context, at: Location, chain: Chain): Value {
    const { frame, module } = context;
    const parameter = owner.parameters.find((it) => it.name === name);
    const standard =
      parameter?.default == null ? null : this.evaluate(parameter.default, { module, scope: owner.scope }, chain);
    if (frame?.owner === owner) return this.#handed(name, owner, frame.call, frame.context, standard, at, chain);
    const command = commandParameter(this, name, owner, module, standard, at, chain);
    if (command !== null) return command;
    const sites = this.callersOf(owner, module);
    const fallback = standard === null ? null : literalOf(standard);
    if (sites.length === 0 || sites.length > MAX_CALLERS)
      return unknownValue(name, at, chain, { cause: 'parameter', fallback });
    const values = sites.map(({ from, call, scope }) =>
      this.#handed(name, owner, call, { module: from, scope }, standard, at, chain),
    );
    const agreed = this.agreed(values, at, chain);
    return agreed.kind === 'unknown' && agreed.fallback === null ? { ...agreed, fallback } : agreed;
  }

  #handed(
    name: string,
    owner: FunctionFact,
    call: CallExpression,
    from: Context,
    standard: Value | null,
    at: Location,
    chain: Chain,
  ): Value {
    const index = owner.parameters
      .filter((it) => it.spread === '' && it.name !== 'self' && it.name !== 'cls')
      .findIndex((it) => it.name === name);
    const argument = findArgument(call, name) ?? positionalArgument(call, index);
    if (argument !== undefined && argument.spread === '') return this.evaluate(argument.value, from, chain);
    let open = false;
    for (const { spread, value } of call.arguments) {
      if (spread === '') continue;
      const map = spread === '**' ? this.evaluate(value, from, chain) : null;
      const entry = map?.kind === 'map' ? map.entries.get(name) : undefined;
      if (entry !== undefined) return entry.value;
      open ||= map?.kind !== 'map' || !map.complete;
    }
    const fallback = standard === null ? null : literalOf(standard);
    return open || standard === null ? unknownValue(name, at, chain, { cause: 'parameter', fallback }) : standard;
  }

  callersOf(owner: FunctionFact, module: PythonModule): readonly Caller[] {
    const known = this.#callers.get(owner);
    if (known !== undefined) return known;
    const callers = this.#findCallers(owner, module);
    this.#callers.set(owner, callers);
    return callers;
  }

  #findCallers(owner: FunctionFact, module: PythonModule): readonly Caller[] {
    const callers = this.program.tree.shared(callersIn, module.scopeOf(owner.body));
    const own = callers.filter(({ from, scope }) => this.#reach.has(from.path, scope));
    return own.length > 0 ? own : callers;
  }

  #symbolValue(name: string, context: Context, at: Location, chain: Chain): Value {
    const symbol = this.program.symbol(context.module, context.scope, name);
    if (symbol?.kind !== 'variable' || symbol.rest.length > 0)
      return unknownValue(name, at, chain, { cause: symbol?.kind === 'variable' ? 'attribute' : 'name' });
    return this.oneOf(symbol.assignments, name, { module: symbol.module, scope: 0 }, at, chain);
  }

  #attribute(base: string, field: string, context: Context, at: Location, chain: Chain, before: number): Value {
    if (base === 'self' || base === 'cls') return this.#ownField(field, context, at, chain);
    const symbol = this.program.symbol(context.module, context.scope, `${base}.${field}`);
    if (symbol?.kind === 'class' && symbol.rest.length === 1) {
      return objectField(this, { type: symbol.definition, module: symbol.module, call: null }, field, at, chain);
    }
    if (symbol?.kind === 'variable' && symbol.rest.length === 0) {
      return this.oneOf(symbol.assignments, field, { module: symbol.module, scope: 0 }, at, chain);
    }
    const flag = definedFlag(this, base, field, context, at, chain);
    if (flag !== null) return flag;
    return this.attributeOf(this.named(base, context, at, chain, before), field, `${base}.${field}`, at, chain);
  }

  /** What an object holds under a name. `words` is how the source says it. */
  attributeOf(owner: Value, field: string, words: string, at: Location, chain: Chain): Value {
    const found = heldAttribute(this, owner, field, at, chain);
    if (found !== null) return found;
    const cause = owner.kind === 'unknown' ? owner.cause : 'attribute';
    return unknownValue(words, at, chain, { cause, parts: [owner] });
  }

  #ownField(field: string, context: Context, at: Location, chain: Chain): Value {
    const type = context.module.enclosingClass(context.scope);
    if (type === null) return unknownValue(`self.${field}`, at, chain, { cause: 'attribute' });
    return objectField(this, { type, module: context.module, call: null }, field, at, chain);
  }

  #map(expression: Extract<Expression, { kind: 'map' }>, context: Context, at: Location, chain: Chain): Value {
    const entries = new Map<string, EntryValue>();
    let complete = true;
    // What comes later wins, whether it is spread in or written out.
    const parts = [...expression.spreads, ...expression.entries].sort((a, b) => a.place.start - b.place.start);
    for (const part of parts) {
      if ('keyPlace' in part) {
        const stated = locate(context.module.path, part.place);
        if (part.key !== null) entries.set(part.key, { value: this.evaluate(part.value, context, chain), stated });
        complete &&= part.key !== null;
        continue;
      }
      const inner = this.evaluate(part, context, chain);
      const isRead = inner.kind === 'map' && inner.complete;
      if (!isRead) for (const [key, it] of entries) entries.set(key, doubted(key, it));
      if (inner.kind === 'map') for (const [key, entry] of inner.entries) entries.set(key, entry);
      complete &&= isRead;
    }
    return { kind: 'map', entries, complete, at, chain };
  }

  #call(call: CallExpression, context: Context, at: Location, chain: Chain): Value {
    return (
      knownCall(this, call, context, at, chain) ??
      this.#returned(call, context, at, chain) ?? { kind: 'call', call, context, at, chain }
    );
  }

  /** A function of the tree stands for what it returns, its parameters for what this call hands in. */
  #returned(call: CallExpression, context: Context, at: Location, chain: Chain): Value | null {
    if (call.callee === '' || call.callee.startsWith('.')) return null;
    const symbol = this.program.symbol(context.module, context.scope, call.callee);
    if (symbol?.kind !== 'function' || isIn(symbol.definition, context)) return null;
    const { module, definition: owner } = symbol;
    const returns = module.returns.filter((it) => it.scope === owner.body);
    if (returns.length === 0 || owner.decorators.length > 0) return null;
    const frame = { owner, call, context };
    const values = returns.map((it) => this.evaluate(it.value, { module, scope: it.scope, frame }, chain));
    const value = this.agreed(values, at, chain);
    return value.kind === 'unknown' ? { ...value, expression: `${call.callee}()`, at, chain, parts: [value] } : value;
  }

  #subscript(
    { base, key, dotted }: Extract<Expression, { kind: 'subscript' }>,
    context: Context,
    at: Location,
    chain: Chain,
  ): Value {
    const keyValue = this.evaluate(key, context, chain);
    if (keyValue.kind !== 'scalar') return unknownValue('[…]', at, chain, { cause: 'attribute' });
    const name = String(keyValue.value);
    if (base.kind === 'reference' && dotted !== true) {
      const put = this.assigned(`${base.name}.${name}`, context, at, chain, base.place.start);
      if (put !== null) return put;
      const argument = this.commands.argument(base.name, keyValue.value, context, this.program);
      if (argument !== null) return { kind: 'scalar', ...argument, chain: [...chain, argument.at] };
    }
    const owner = this.evaluate(base, context, chain);
    if (dotted === true) return this.attributeOf(owner, name, `….${name}`, at, chain);
    const words = `[${name}]`;
    if (owner.kind === 'map') {
      const found = owner.entries.get(name)?.value;
      return found === undefined
        ? unknownValue(words, at, chain, { cause: 'attribute', parts: [owner] })
        : defaulted(found, [keyValue]);
    }
    if (owner.kind === 'call' && typeof keyValue.value === 'number') return { ...owner, item: keyValue.value };
    if (owner.kind === 'list' && owner.complete && typeof keyValue.value === 'number') {
      return owner.items.at(keyValue.value) ?? unknownValue(words, at, chain, { cause: 'attribute' });
    }
    const cause = owner.kind === 'unknown' ? owner.cause : 'attribute';
    return unknownValue(words, at, chain, { cause, parts: [owner] });
  }

  #template(parts: readonly Expression[], context: Context, at: Location, chain: Chain): Value {
    const values = parts.map((part) => this.evaluate(part, context, chain));
    return joined(values, (texts) => texts.join(''), at, chain);
  }

  /** `os.path.join` of values. */
  path(values: readonly Value[], at: Location, chain: Chain): Value {
    return joined(values, joinedPath, at, chain);
  }

  /** `a or b`: what counts as false in Python is passed over. */
  #firstTrue(options: readonly Value[], at: Location, chain: Chain): Value {
    const passed: Value[] = [];
    for (const [index, option] of options.entries()) {
      const isLast = index === options.length - 1;
      const truth = truthOf(option);
      if (truth === true || (isLast && passed.length === index)) return defaulted(option, passed);
      if (truth === false) {
        passed.push(option);
        continue;
      }
      const next = options.slice(index + 1).find((it) => truthOf(it) === true);
      const fallback = next === undefined ? null : literalOf(next);
      const cause = option.kind === 'unknown' ? option.cause : 'branches';
      return unknownValue('one of several values', at, chain, { cause, fallback, parts: [option] });
    }
    return unknownValue('…', at, chain, { cause: 'expression' });
  }

  /** One value where all agree; unknown, with no default, where they differ. */
  agreed(values: readonly Value[], at: Location, chain: Chain): Value {
    const [first, ...others] = values;
    if (first === undefined) return unknownValue('…', at, chain, { cause: 'expression' });
    if (others.length === 0) return first;
    if (others.every((it) => sameValue(first, it))) return defaulted(first, values);
    if (values.every((it) => it.kind === 'map')) return values.reduce((a, b) => eitherDict(a, b));
    return sameParser(values) ?? unknownValue('one of several values', at, chain, { cause: 'branches' });
  }
}

/** Every call in the tree of a function, by the scope that its body is; of a class, where it is the `__init__`. */
function callersIn({ module, scope }: ModuleScope, tree: TreeView): readonly Caller[] {
  const owner = module.ownerOf(scope);
  if (owner?.kind !== 'function') return [];
  const program = new PythonProgram(tree);
  const called = owner.name === '__init__' ? (module.enclosingClass(scope) ?? owner) : owner;
  return program.callSites(called.name, module).flatMap(({ module: from, site }) => {
    const symbol = program.symbol(from, site.scope, site.call.callee);
    const isCaller =
      (symbol?.kind === 'class' || symbol?.kind === 'function') &&
      symbol.module === module &&
      symbol.definition === called;
    return isCaller ? [{ from, call: site.call, scope: site.scope }] : [];
  });
}

function joined(values: readonly Value[], join: (texts: string[]) => string, at: Location, chain: Chain): Value {
  const texts = values.map((value) => (value.kind === 'scalar' ? pythonText(value.value) : null));
  const shown = join(texts.map((text) => text ?? '…'));
  if (texts.some((text) => text === null)) {
    const cause = values.find((value) => value.kind === 'unknown')?.cause ?? 'expression';
    return unknownValue(shown, at, chain, { cause, parts: values });
  }
  const [first] = values;
  const from = first?.kind === 'scalar' && first.from !== undefined ? { from: first.from } : {};
  return defaulted({ kind: 'scalar', value: shown, at, chain, ...from }, values);
}

/** Whether a value counts as true in Python; null where that is not known. */
function truthOf(value: Value): boolean | null {
  if (value.kind === 'scalar')
    return value.value !== null && value.value !== '' && value.value !== 0 && value.value !== false;
  if (value.kind === 'map') return value.entries.size > 0 ? true : value.complete ? false : null;
  if (value.kind === 'list') return value.items.length > 0 ? true : value.complete ? false : null;
  return null;
}

/** Whether a function is being followed already: one that calls itself gives no value. */
function isIn(owner: FunctionFact, context: Context): boolean {
  for (let frame = context.frame; frame !== undefined; frame = frame.context.frame)
    if (frame.owner === owner) return true;
  return false;
}

/**
 * The assignments that may give the value at an offset: in one scope the last unconditional one before it and the
 * conditional ones after that. From another scope, all of them.
 */
function reaching(assignments: readonly AssignmentFact[], before: number | null): readonly AssignmentFact[] {
  // An assignment takes effect behind its end: the right side of `model = wrap(model)` sees the model before.
  const earlier = before === null ? assignments : assignments.filter((it) => it.place.end <= before);
  // In a loop what stands further down comes before, but nothing gives itself its value.
  if (earlier.length === 0)
    return assignments.filter((it) => before === null || it.place.start > before || it.place.end <= before);
  const last = earlier.findLastIndex((it) => !it.conditional);
  return before === null ? earlier : earlier.slice(Math.max(0, last));
}

/** `x = x or default` gives no value by itself. */
function mentions(expression: Expression, name: string): boolean {
  switch (expression.kind) {
    case 'reference':
      return expression.name === name;
    case 'template':
    case 'opaque':
      return expression.parts.some((part) => mentions(part, name));
    case 'choice':
      return expression.options.some((option) => mentions(option, name));
    default:
      return false;
  }
}
