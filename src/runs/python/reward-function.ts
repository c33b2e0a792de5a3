import { type CallExpression, type Expression, lastName } from '../../model/expression.js';
import type { FunctionFact } from '../../model/fact.js';
import { locate } from '../../model/location.js';
import type { RewardMade } from '../../model/rewards.js';
import type { PythonModule } from './module.js';

/**
 * What a reward function makes its numbers of. Whatever is not understood counts as reading the answer, so that a
 * reward is told to be a constant, or of the length alone, only where all of its code says so.
 */
export function rewardMade(definition: FunctionFact, module: PythonModule): RewardMade {
  const returned = module.returns.filter((it) => it.scope === definition.body);
  const [first] = returned;
  const isNested = module.functions.some((it) => it.scope === definition.body);
  if (first === undefined || isNested || module.ownerOf(definition.scope)?.kind === 'class') return { kind: 'unknown' };
  const body = new RewardBody(definition, module);
  const at = locate(module.path, first.value.place);
  const numbers = new Set(returned.flatMap((it) => body.numbersIn(it.value)));
  const [only] = numbers;
  if (numbers.size === 1 && only !== undefined && only !== null) return { kind: 'constant', at, value: only };
  switch (body.reads()) {
    case 'nothing':
      return { kind: 'prompt', at };
    case 'length':
      return { kind: 'length', at };
    case 'answer':
      return { kind: 'answer' };
  }
}

/** How much of the answer an expression looks at. */
type Reading = 'nothing' | 'length' | 'answer';
const ORDER: readonly Reading[] = ['nothing', 'length', 'answer'];

function most(readings: readonly Reading[]): Reading {
  return readings.reduce((a, b) => (ORDER.indexOf(a) >= ORDER.indexOf(b) ? a : b), 'nothing');
}

class RewardBody {
  readonly #definition: FunctionFact;
  readonly #module: PythonModule;

  constructor(definition: FunctionFact, module: PythonModule) {
    this.#definition = definition;
    this.#module = module;
  }

  /** The constants that an expression comes to, one a result; null among them for what is no constant. */
  numbersIn(expression: Expression, depth = 0): (number | null)[] {
    if (depth > 4) return [null];
    switch (expression.kind) {
      case 'scalar':
        return [typeof expression.value === 'number' ? expression.value : null];
      case 'list':
        return expression.complete ? expression.items.flatMap((item) => this.numbersIn(item, depth + 1)) : [null];
      case 'reference':
        return this.#collected(expression.name, depth);
      case 'opaque':
        return this.#repeated(expression, depth);
      default:
        return [null];
    }
  }

  /** What all the code of the function reads, its conditions included. */
  reads(): Reading {
    return most(
      this.#module.expressionsIn(this.#definition.body).map((it) => (isIterated(it) ? 'nothing' : this.#read(it))),
    );
  }

  /** A list that is filled with `append`, or a variable. */
  #collected(name: string, depth: number): (number | null)[] {
    const body = this.#definition.body;
    const assigned = this.#module.assignmentsTo(name).filter((it) => it.scope === body);
    const added = this.#module
      .callsNamed('append')
      .filter((it) => it.scope === body && it.call.callee === `${name}.append`);
    if (assigned.length === 0) return [null];
    return [
      ...assigned.flatMap(({ value }) => (value === null ? [null] : this.numbersIn(value, depth + 1))),
      ...added.flatMap(({ call }) => call.arguments.flatMap((it) => this.numbersIn(it.value, depth + 1))),
    ];
  }

  /** `[1.0] * len(completions)`, and `[1.0 for _ in completions]`. */
  #repeated(expression: Extract<Expression, { kind: 'opaque' }>, depth: number): (number | null)[] {
    const [first, second] = expression.parts;
    if (first === undefined) return [null];
    if (isComprehension(expression)) return this.numbersIn(first, depth + 1);
    const isProduct = first.kind === 'list' && second?.kind === 'call' && second.callee === 'len';
    return isProduct && expression.parts.length === 2 ? this.numbersIn(first, depth + 1) : [null];
  }

  #read(expression: Expression): Reading {
    switch (expression.kind) {
      case 'scalar':
        return 'nothing';
      case 'reference':
        return this.#readName(expression.name);
      case 'subscript':
        return most([this.#read(expression.base), this.#read(expression.key)]);
      case 'call':
        return this.#readCall(expression);
      case 'list':
        return most(expression.items.map((item) => this.#read(item)));
      case 'map':
        return most(
          [...expression.entries.map(({ value }) => value), ...expression.spreads].map((it) => this.#read(it)),
        );
      case 'choice':
        return most(expression.options.map((option) => this.#read(option)));
      case 'template':
        return most(expression.parts.map((part) => this.#read(part)));
      case 'opaque':
        return most(
          expression.parts.map((part, index) =>
            index > 0 && isComprehension(expression) && isIterated(part) ? 'nothing' : this.#read(part),
          ),
        );
    }
  }

  /** A variable of the function holds what was put in, which is read where it was; anything unknown may be the answer. */
  #readName(name: string): Reading {
    const [root = ''] = name.split('.');
    if (root === 'prompts') return 'nothing';
    if (this.#definition.parameters.some((it) => it.name === root)) return 'answer';
    const own = this.#module.assignmentsTo(root).filter((it) => it.scope === this.#definition.body);
    // What a loop gives its variable is not read.
    if (own.some(({ value }) => value === null || (value.kind === 'opaque' && value.parts.length === 0)))
      return 'answer';
    const isGlobal =
      this.#module.definedAs(0, root) !== null || this.#module.assignmentsTo(root).some((it) => it.scope === 0);
    return own.length > 0 || isGlobal ? 'nothing' : 'answer';
  }

  #readCall(call: CallExpression): Reading {
    const name = lastName(call.callee);
    const values = call.arguments.map(({ value }) => value);
    if (call.callee === 'len')
      return values.every((it) => isIterated(it)) && counts(values) ? 'nothing' : lengthOf(values);
    if (isIterated(call)) return 'nothing';
    if (name === 'append' || PLAIN.test(call.callee)) return most(values.map((it) => this.#read(it)));
    if (SILENT.test(call.callee)) return 'nothing';
    return 'answer';
  }
}

/** Functions that make numbers of numbers. */
const PLAIN =
  /^(?:abs|min|max|float|int|round|sum|range|math\.\w+|(?:np|numpy)\.(?:abs|exp|log\w*|sqrt|clip|minimum|maximum)|random\.\w+|(?:np|numpy)\.random\.\w+)$/;
const SILENT = /^(?:print|log(?:ger|ging)?\.\w+)$/;

/** `len(completions)` is the number of answers, not the length of one. */
function counts(values: readonly Expression[]): boolean {
  return values.every((it) => it.kind === 'reference' && /^(?:completions|prompts)$/.test(it.name));
}

/** The length of a text, of its words or of its tokens. */
function lengthOf(values: readonly Expression[]): Reading {
  return values.every(isWholeText) ? 'length' : 'answer';
}

function isWholeText(expression: Expression): boolean {
  switch (expression.kind) {
    case 'reference':
      return true;
    case 'subscript':
      return isWholeText(expression.base);
    case 'call': {
      const name = lastName(expression.callee);
      const isMethod = /^(?:split|strip)$/.test(name) && expression.arguments.length === 0;
      const isTokenizer = /^(?:encode|tokenize|tokenizer)$/.test(name);
      return isMethod || (isTokenizer && expression.arguments.slice(0, 1).every(({ value }) => isWholeText(value)));
    }
    default:
      return false;
  }
}

/** What a loop runs over, which by itself reads nothing. */
function isIterated(expression: Expression): boolean {
  if (expression.kind === 'reference') return true;
  const isRunning = expression.kind === 'call' && /^(?:zip|enumerate|range)$/.test(expression.callee);
  return (
    isRunning &&
    expression.arguments.every(
      ({ value }) => isRows(value) || value.kind === 'scalar' || isIterated(value) || isCount(value),
    )
  );
}

function isCount(expression: Expression): boolean {
  return expression.kind === 'call' && expression.callee === 'len';
}

/** The rows of a batch by name, as in `zip(prompts, completions)`. */
function isRows(expression: Expression): boolean {
  return expression.kind === 'reference' && !expression.name.includes('.') && /s$/.test(expression.name);
}

/** Only the first 80 characters of an expression are kept, which may end before the `for`. */
function isComprehension({ text, parts }: Extract<Expression, { kind: 'opaque' }>): boolean {
  return /^[[(].*\sfor\s/s.test(text) || (text.startsWith('[') && parts[0]?.kind !== 'list');
}
