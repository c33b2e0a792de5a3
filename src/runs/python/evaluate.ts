import {
  type Argument,
  type CallExpression,
  type Expression,
  findArgument,
  lastName,
  positionalArgument,
  type Scalar,
} from '../../model/expression.js';
import type { AssignmentFact, ClassFact, FunctionFact, ScopeId } from '../../model/fact.js';
import { type Location, locate } from '../../model/location.js';
import type { DynamicSetting } from '../../model/setting.js';
import type { PythonModule } from './module.js';
import { isParsing, launchedOption, optionDefault } from './parsed-options.js';
import { MAX_NAME, type PythonProgram } from './program.js';
import {
  type CallControl,
  type Chain,
  type Context,
  dynamicSetting,
  literalOf,
  unknownValue,
  type Value,
} from './values.js';

const MAX_STEPS = 24;
const MAX_ANCESTORS = 20;
/** Names that lead to several names each would otherwise be followed for ever. */
const MAX_EVALUATIONS = 2_000;
/** Operands of an expression that is not read: more than a few say nothing of where a value comes from. */
const MAX_PARTS = 4;

/** Resolves values by following names through scopes, modules, calls and dicts of one program. */
export class Evaluator {
  readonly program: PythonProgram;
  /** Expressions looked at for the question in hand. */
  #evaluated = 0;

  constructor(program: PythonProgram) {
    this.program = program;
  }

  evaluate(expression: Expression, context: Context, chain: Chain = []): Value {
    const at = locate(context.module.path, expression.place);
    const through = [...chain, at];
    if (chain.length === 0) this.#evaluated = 0;
    this.#evaluated += 1;
    if (through.length > MAX_STEPS || this.#evaluated > MAX_EVALUATIONS) return unknownValue('…', at, through);
    switch (expression.kind) {
      case 'scalar':
        return { kind: 'scalar', value: expression.value, at, chain: through };
      case 'reference':
        return this.#reference(expression.name, context, at, through, expression.place.start);
      case 'list': {
        const items = expression.items.map((item) => this.evaluate(item, context, through));
        return { kind: 'list', items, complete: expression.complete, at, chain: through };
      }
      case 'map':
        return this.#map(expression, context, at, through);
      case 'template':
        return this.#joined(expression.parts, '', context, at, through);
      case 'choice':
        return this.#agreed(
          expression.options.map((option) => this.evaluate(option, context, through)),
          at,
          through,
        );
      case 'call':
        return this.#call(expression, context, at, through);
      case 'subscript':
        return this.#subscript(expression.base, expression.key, context, at, through);
      default: {
        const parts = expression.parts.slice(0, MAX_PARTS).map((part) => this.evaluate(part, context, through));
        return unknownValue(expression.text, at, through, null, parts);
      }
    }
  }

  /** A keyword argument of a call, also where a dict that holds it is spread in. */
  control(call: CallExpression, names: readonly string[], context: Context, position?: number): CallControl {
    for (const name of names) {
      const argument = findArgument(call, name);
      if (argument !== undefined) return this.#stated(argument, context);
    }
    const positional = position === undefined ? undefined : positionalArgument(call, position);
    if (positional !== undefined) return this.#stated(positional, context);
    return this.#spreadControl(call, names, context);
  }

  /** What keeps a call from being read whole: the first spread argument that could not be resolved. */
  openness(call: CallExpression, context: Context): DynamicSetting | null {
    for (const argument of call.arguments) {
      if (argument.spread === '') continue;
      const value = this.evaluate(argument.value, context);
      if (argument.spread === '**' && value.kind === 'map' && value.complete) continue;
      if (argument.spread === '*' && value.kind === 'list' && value.complete) continue;
      return dynamicSetting(value);
    }
    return null;
  }

  #stated(argument: Argument, context: Context): CallControl {
    return { value: this.evaluate(argument.value, context), stated: locate(context.module.path, argument.place) };
  }

  #spreadControl(call: CallExpression, names: readonly string[], context: Context): CallControl {
    for (const argument of call.arguments) {
      if (argument.spread !== '**') continue;
      const map = this.evaluate(argument.value, context);
      if (map.kind !== 'map') continue;
      for (const name of names) {
        const entry = map.entries.get(name);
        if (entry !== undefined) return { value: entry.value, stated: entry.stated };
      }
    }
    return { value: null, stated: null };
  }

  #reference(name: string, context: Context, at: Location, chain: Chain, before: number): Value {
    if (name.length > MAX_NAME) return unknownValue('a long name', at, chain);
    const whole = this.#assigned(name, context, at, chain, before);
    if (whole !== null) return whole;
    const dot = name.lastIndexOf('.');
    if (dot !== -1) return this.#attribute(name.slice(0, dot), name.slice(dot + 1), context, at, chain, before);
    return this.#parameter(name, context, at, chain) ?? this.#symbolValue(name, context, at, chain);
  }

  /** The value that assignments in the scopes around give to exactly this name, dotted or not. */
  #assigned(name: string, context: Context, at: Location, chain: Chain, before: number): Value | null {
    const { module } = context;
    const all = module.assignmentsTo(name);
    if (all.length === 0) return null;
    for (const scope of module.lookupScopes(context.scope)) {
      if (this.#declares(module, scope, name)) return null;
      const here = all.filter((it) => it.scope === scope);
      if (here.length > 0)
        return this.#oneOf(reaching(here, scope === context.scope ? before : null), name, module, at, chain);
    }
    return null;
  }

  #declares(module: PythonModule, scope: ScopeId, name: string): boolean {
    const owner = module.ownerOf(scope);
    return (
      owner?.kind === 'function' &&
      owner.parameters.some((it) => it.name === name) &&
      module.assignmentsTo(name).every((it) => it.scope !== scope)
    );
  }

  #oneOf(
    assignments: readonly AssignmentFact[],
    name: string,
    module: PythonModule,
    at: Location,
    chain: Chain,
  ): Value {
    const values = assignments.map(
      (it) =>
        this.#unpacked(it, module, chain) ??
        (it.value === null || mentions(it.value, name)
          ? unknownValue(name, locate(module.path, it.place), [...chain, locate(module.path, it.place)])
          : this.#grown(name, it, module, this.evaluate(it.value, { module, scope: it.scope }, chain))),
    );
    return this.#agreed(values, at, chain);
  }

  /** `a, b = call()`: each name is one item of the result. The first of them alone holds the call. */
  #unpacked(assignment: AssignmentFact, module: PythonModule, chain: Chain): Value | null {
    if (assignment.value?.kind !== 'opaque') return null;
    const siblings = module.unpackedWith(assignment);
    const whole = siblings[0]?.value;
    if (siblings.length < 2 || whole?.kind !== 'opaque' || whole.parts[0]?.kind !== 'call') return null;
    const value = this.evaluate(whole.parts[0], { module, scope: assignment.scope }, chain);
    return value.kind === 'call' ? { ...value, item: siblings.indexOf(assignment) } : null;
  }

  /** A dict with what later statements put into it: `kwargs["revision"] = REVISION`, `kwargs.update(…)`. */
  #grown(name: string, made: AssignmentFact, module: PythonModule, value: Value): Value {
    if (value.kind !== 'map') return value;
    const entries = new Map(value.entries);
    let complete = value.complete;
    for (const put of module.assignmentsInto(name)) {
      // A function that puts something in runs at a time that is not followed.
      if (put.scope !== made.scope) complete &&= module.variableScope(put.scope, name) !== made.scope;
      if (put.scope !== made.scope || put.value === null) continue;
      const stated = locate(module.path, put.place);
      const added = this.evaluate(put.value, { module, scope: put.scope }, value.chain);
      const key = put.target.slice(name.length + 1);
      entries.set(key, { value: put.conditional ? unknownValue(key, stated, added.chain) : added, stated });
    }
    const updated = CHANGES_A_DICT.some((method) =>
      module
        .callsNamed(method)
        .some(
          ({ call, scope }) => call.callee === `${name}.${method}` && module.variableScope(scope, name) === made.scope,
        ),
    );
    return { ...value, entries, complete: complete && !updated && !handedOn(name, made, module) };
  }

  #parameter(name: string, context: Context, at: Location, chain: Chain): Value | null {
    for (const scope of context.module.lookupScopes(context.scope)) {
      const owner = context.module.ownerOf(scope);
      const parameter = owner?.kind === 'function' ? owner.parameters.find((it) => it.name === name) : undefined;
      if (owner?.kind !== 'function' || parameter === undefined) continue;
      if (parameter.spread !== '') return unknownValue(`${parameter.spread}${name}`, at, chain);
      return this.#argumentFor(name, owner, context.module, at, chain);
    }
    return null;
  }

  /** A parameter is what its callers hand in, where the tree holds them all and they agree. */
  #argumentFor(name: string, owner: FunctionFact, module: PythonModule, at: Location, chain: Chain): Value {
    const parameter = owner.parameters.find((it) => it.name === name);
    const standard =
      parameter?.default == null ? null : this.evaluate(parameter.default, { module, scope: owner.scope }, chain);
    const fallback = standard === null ? null : literalOf(standard);
    const sites = this.program
      .callSites(owner.name, module)
      .filter(({ module: from, site }) => this.#calls(from, site.scope, site.call, owner, module));
    if (sites.length === 0 || sites.length > 8) return unknownValue(name, at, chain, fallback);
    const index = owner.parameters
      .filter((it) => it.spread === '' && it.name !== 'self')
      .findIndex((it) => it.name === name);
    const values = sites.map(({ module: from, site }) => {
      const argument = findArgument(site.call, name) ?? positionalArgument(site.call, index);
      if (argument !== undefined) return this.evaluate(argument.value, { module: from, scope: site.scope }, chain);
      const spread = site.call.arguments.some((it) => it.spread !== '');
      return spread || standard === null ? unknownValue(name, at, chain, fallback) : standard;
    });
    const agreed = this.#agreed(values, at, chain);
    return agreed.kind === 'unknown' && agreed.fallback === null ? { ...agreed, fallback } : agreed;
  }

  #calls(from: PythonModule, scope: ScopeId, call: CallExpression, owner: FunctionFact, module: PythonModule): boolean {
    const symbol = this.program.symbol(from, scope, call.callee);
    return symbol?.kind === 'function' && symbol.definition === owner && symbol.module === module;
  }

  #symbolValue(name: string, context: Context, at: Location, chain: Chain): Value {
    const symbol = this.program.symbol(context.module, context.scope, name);
    if (symbol?.kind !== 'variable' || symbol.rest.length > 0) return unknownValue(name, at, chain);
    return this.#oneOf(symbol.assignments, name, symbol.module, at, chain);
  }

  #attribute(base: string, field: string, context: Context, at: Location, chain: Chain, before: number): Value {
    if (base === 'self' || base === 'cls') return this.#ownField(field, context, at, chain);
    const symbol = this.program.symbol(context.module, context.scope, `${base}.${field}`);
    if (symbol?.kind === 'class') return this.#classField(symbol.module, symbol.definition, field, at, chain);
    if (symbol?.kind === 'variable' && symbol.rest.length === 0) {
      return this.#oneOf(symbol.assignments, field, symbol.module, at, chain);
    }
    const owner = this.#reference(base, context, at, chain, before);
    const found = owner.kind === 'call' ? this.#fieldOfCall(owner, field, at, chain) : null;
    return found ?? unknownValue(`${base}.${field}`, at, chain, null, [owner]);
  }

  #ownField(field: string, context: Context, at: Location, chain: Chain): Value {
    const type = context.module.enclosingClass(context.scope);
    const methods = type === null ? [] : context.module.methodsOf(type).map((method) => method.body);
    const assignments = context.module.assignmentsTo(`self.${field}`).filter((it) => methods.includes(it.scope));
    if (assignments.length > 0) return this.#oneOf(assignments, `self.${field}`, context.module, at, chain);
    return type === null
      ? unknownValue(`self.${field}`, at, chain)
      : this.#classField(context.module, type, field, at, chain);
  }

  #classField(
    module: PythonModule,
    type: ClassFact,
    field: string,
    at: Location,
    chain: Chain,
    ancestors: readonly ClassFact[] = [],
  ): Value {
    const fields = module.assignmentsTo(field).filter((it) => it.scope === type.body && it.value !== null);
    if (fields.length > 0) return this.#fieldDefault(this.#oneOf(fields, field, module, at, chain));
    for (const base of type.bases) {
      if (base.kind !== 'reference') continue;
      const symbol = this.program.symbol(module, type.scope, base.name);
      // Two classes that name each other as bases do not run, but they can be written.
      if (symbol?.kind === 'class' && ancestors.length < MAX_ANCESTORS && !ancestors.includes(symbol.definition)) {
        return this.#classField(symbol.module, symbol.definition, field, at, chain, [...ancestors, type]);
      }
    }
    return unknownValue(field, at, chain);
  }

  /** `field(default=…)` of a dataclass stands for its default. */
  #fieldDefault(value: Value): Value {
    if (value.kind !== 'call' || lastName(value.call.callee) !== 'field') return value;
    const standard = findArgument(value.call, 'default');
    if (standard !== undefined) return this.evaluate(standard.value, value.context, value.chain);
    return unknownValue('field(…)', value.at, value.chain);
  }

  /** A field of an object that a call made: a keyword of the call, else the default of a dataclass of the tree. */
  #fieldOfCall(owner: Extract<Value, { kind: 'call' }>, field: string, at: Location, chain: Chain): Value | null {
    const keyword = findArgument(owner.call, field);
    if (keyword !== undefined) return this.evaluate(keyword.value, owner.context, chain);
    if (isParsing(owner.call)) return this.#parsedOption(owner, field, at, chain);
    const symbol = this.program.symbol(owner.context.module, owner.context.scope, owner.call.callee);
    if (symbol?.kind !== 'class' || symbol.rest.length > 0 || owner.call.arguments.some((it) => it.spread !== ''))
      return null;
    return this.#classField(symbol.module, symbol.definition, field, at, chain);
  }

  /**
   * `args.model` of a parser: what the launch commands of the script say, else the option's default. Where neither is
   * there, or commands differ, it is known only when the code runs.
   */
  #parsedOption(owner: Extract<Value, { kind: 'call' }>, field: string, at: Location, chain: Chain): Value {
    const { module, scope } = owner.context;
    const launched = launchedOption(this.program.tree.launches('script', module.path), field);
    if (launched.state === 'literal' && !Array.isArray(launched.value)) {
      const value = launched.value as Scalar;
      return { kind: 'scalar', value, at: launched.at, chain: [...chain, ...launched.chain] };
    }
    const found = optionDefault(this.program, { module, scope, call: owner.call, item: owner.item ?? null }, field);
    const standard =
      found === null
        ? null
        : found.kind === 'expression'
          ? this.evaluate(found.value, { module: found.module, scope: found.scope }, chain)
          : this.#classField(found.module, found.type, field, at, chain);
    if (standard?.kind !== 'scalar' || standard.value === null) return unknownValue(`args.${field}`, at, chain);
    if (launched.state === 'dynamic') return unknownValue(`args.${field}`, at, chain, literalOf(standard));
    return { ...standard, byDefault: true };
  }

  #map(expression: Extract<Expression, { kind: 'map' }>, context: Context, at: Location, chain: Chain): Value {
    const entries = new Map<string, { value: Value; stated: Location }>();
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
      if (!isRead) for (const [key, it] of entries) entries.set(key, { ...it, value: doubted(key, it.stated, chain) });
      if (inner.kind === 'map') for (const [key, entry] of inner.entries) entries.set(key, entry);
      complete &&= isRead;
    }
    return { kind: 'map', entries, complete, at, chain };
  }

  #call(call: CallExpression, context: Context, at: Location, chain: Chain): Value {
    const name = lastName(call.callee);
    const [first] = call.arguments;
    if (call.callee === 'dict') return this.#dictCall(call, context, at, chain);
    if (
      (call.callee === 'str' || name === 'Path' || name === 'expanduser') &&
      first !== undefined &&
      first.spread === ''
    ) {
      return this.evaluate(first.value, context, chain);
    }
    if (/(?:^|\.)path\.join$/.test(call.callee)) {
      return this.#joined(
        call.arguments.map((it) => it.value),
        '/',
        context,
        at,
        chain,
      );
    }
    if (/(?:^|\.)(?:environ\.get|getenv)$/.test(call.callee)) {
      const standard = positionalArgument(call, 1) ?? findArgument(call, 'default');
      const value = standard === undefined ? null : this.evaluate(standard.value, context, chain);
      return unknownValue(call.callee, at, chain, value === null ? null : literalOf(value));
    }
    return this.#returned(call, context, at, chain) ?? { kind: 'call', call, context, at, chain };
  }

  /** A function of the tree with one `return`, which stands for its result. */
  #returned(call: CallExpression, context: Context, at: Location, chain: Chain): Value | null {
    const symbol = this.program.symbol(context.module, context.scope, call.callee);
    if (symbol?.kind !== 'function') return null;
    const returns = symbol.module.returns.filter((it) => it.scope === symbol.definition.body);
    const [only] = returns;
    if (only === undefined || returns.length > 1) return null;
    const value = this.evaluate(only.value, { module: symbol.module, scope: only.scope }, chain);
    return value.kind === 'unknown' ? unknownValue(`${call.callee}()`, at, chain) : value;
  }

  #dictCall(call: CallExpression, context: Context, at: Location, chain: Chain): Value {
    const entries = new Map<string, { value: Value; stated: Location }>();
    let complete = true;
    for (const argument of call.arguments) {
      const value = this.evaluate(argument.value, context, chain);
      if (argument.name !== null)
        entries.set(argument.name, { value, stated: locate(context.module.path, argument.place) });
      else if (value.kind !== 'map') complete = false;
      else {
        for (const [key, entry] of value.entries) entries.set(key, entry);
        complete &&= value.complete;
      }
    }
    return { kind: 'map', entries, complete, at, chain };
  }

  #subscript(base: Expression, key: Expression, context: Context, at: Location, chain: Chain): Value {
    const keyValue = this.evaluate(key, context, chain);
    if (keyValue.kind !== 'scalar') return unknownValue('[…]', at, chain);
    if (base.kind === 'reference') {
      const put = this.#assigned(`${base.name}.${keyValue.value}`, context, at, chain, base.place.start);
      if (put !== null) return put;
    }
    const owner = this.evaluate(base, context, chain);
    if (owner.kind === 'map')
      return owner.entries.get(String(keyValue.value))?.value ?? unknownValue(String(keyValue.value), at, chain);
    if (owner.kind === 'call' && typeof keyValue.value === 'number') return { ...owner, item: keyValue.value };
    if (owner.kind === 'list' && typeof keyValue.value === 'number') {
      return owner.items.at(keyValue.value) ?? unknownValue(String(keyValue.value), at, chain);
    }
    return unknownValue(`[${String(keyValue.value)}]`, at, chain, null, [owner]);
  }

  #joined(parts: readonly Expression[], separator: string, context: Context, at: Location, chain: Chain): Value {
    const values = parts.map((part) => this.evaluate(part, context, chain));
    if (values.every((value) => value.kind === 'scalar')) {
      return { kind: 'scalar', value: values.map((value) => String(value.value)).join(separator), at, chain };
    }
    const shown = values.map((value) => (value.kind === 'scalar' ? String(value.value) : '…')).join(separator);
    return unknownValue(shown, at, chain, null, values);
  }

  /** One value where all agree; unknown, with no default, where they differ. */
  #agreed(values: readonly Value[], at: Location, chain: Chain): Value {
    const [first, ...others] = values;
    if (first === undefined) return unknownValue('…', at, chain);
    if (others.length === 0) return first;
    const same = first.kind === 'scalar' && others.every((it) => it.kind === 'scalar' && it.value === first.value);
    return same ? first : unknownValue('one of several values', at, chain);
  }
}

/** An entry that something unread may have replaced. */
function doubted(key: string, stated: Location, chain: Chain): Value {
  return unknownValue(key, stated, [...chain, stated]);
}

/** Whether the dict itself, not its items, is given to a function that may put something in. */
function handedOn(name: string, made: AssignmentFact, module: PythonModule): boolean {
  return module
    .callsGiven(name)
    .some(({ call, scope }) => !READS_A_DICT.test(call.callee) && module.variableScope(scope, name) === made.scope);
}

const READS_A_DICT =
  /^(?:print|len|dict|str|repr|sorted|list|isinstance)$|(?:^|\.)(?:dumps?|info|debug|warning|log|update|pformat|pprint)$/;

/** Methods that change a dict in ways that are not followed. */
const CHANGES_A_DICT = ['update', 'pop', 'setdefault', 'clear', 'popitem'];

/**
 * The assignments that may give the value at an offset: in one scope the last unconditional one before it and the
 * conditional ones after that. From another scope, all of them.
 */
function reaching(assignments: readonly AssignmentFact[], before: number | null): readonly AssignmentFact[] {
  // An assignment takes effect behind its end: the right side of `model = wrap(model)` sees the model before.
  const earlier = before === null ? assignments : assignments.filter((it) => it.place.end <= before);
  if (earlier.length === 0) return assignments;
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
