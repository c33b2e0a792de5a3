import {
  type CallExpression,
  type Expression,
  findArgument,
  lastName,
  positionalArgument,
} from '../../../model/expression.js';
import type { FunctionFact, Parameter } from '../../../model/fact.js';
import { type Location, locate } from '../../../model/location.js';
import { composedForMain } from '../../compose/hydra-main.js';
import type { Evaluator } from '../evaluate.js';
import type { PythonModule } from '../module.js';
import { type Chain, type Context, unknownValue, type Value } from '../values.js';
import { typeNamed } from './argparse.js';
import { type Option, type OptionType, optionValue, typeOfAnnotation } from './option.js';

/** Functions that make a command line of the parameters of the function they are given. */
const RUNNERS: Readonly<Record<string, string>> = {
  Fire: 'fire.Fire',
  run: 'typer.run',
  cli: 'tyro.cli',
  CLI: 'jsonargparse.CLI',
};

/**
 * A parameter that the command line sets: of a function that click, typer, fire, tyro or Hydra makes a program of. Null for
 * a parameter of any other function.
 */
export function commandParameter(
  evaluator: Evaluator,
  name: string,
  owner: FunctionFact,
  module: PythonModule,
  standard: Value | null,
  at: Location,
  chain: Chain,
): Value | null {
  const decorated = byDecorator(evaluator, name, owner, module, standard, at, chain);
  if (decorated !== null) return decorated;
  const runner = runnerOf(evaluator, owner, module);
  if (runner === null) return null;
  // It is a program and a function that others call: they hand in what they like.
  const isCalled = module.callsNamed(owner.name).some(({ call }) => call.callee === owner.name);
  if (isCalled) return unknownValue(name, at, chain, { cause: 'parameter' });
  const parameter = owner.parameters.find((it) => it.name === name);
  if (parameter === undefined) return null;
  const type = runner === 'fire.Fire' ? 'python' : parameterType(parameter, standard);
  const option = typerOption(evaluator, parameter, standard, module, owner, type, chain);
  return optionValue(evaluator, module.path, option, at, chain);
}

function byDecorator(
  evaluator: Evaluator,
  name: string,
  owner: FunctionFact,
  module: PythonModule,
  standard: Value | null,
  at: Location,
  chain: Chain,
): Value | null {
  const context = { module, scope: owner.scope };
  for (const decorator of owner.decorators) {
    const callee = decorator.kind === 'call' ? decorator.callee : decorator.kind === 'reference' ? decorator.name : '';
    const library = libraryOf(evaluator, callee, context, chain);
    if (library === 'hydra.main' && decorator.kind === 'call') {
      return owner.parameters[0]?.name === name ? composedForMain(evaluator, decorator, context, at, chain) : null;
    }
    if (library === 'draccus.wrap' || library === 'pyrallis.wrap') {
      return owner.parameters[0]?.name === name ? wrapped(evaluator, decorator, owner, module, at, chain) : null;
    }
    if (library?.startsWith('click.') === true) return clickParameter(evaluator, name, owner, context, at, chain);
    if (library === 'typer.command') {
      const parameter = owner.parameters.find((it) => it.name === name);
      if (parameter === undefined) return null;
      const option = typerOption(
        evaluator,
        parameter,
        standard,
        module,
        owner,
        parameterType(parameter, standard),
        chain,
      );
      return optionValue(evaluator, module.path, option, at, chain);
    }
  }
  return null;
}

/** What a decorator is called in full; `typer.command` for that of an application. */
function libraryOf(evaluator: Evaluator, callee: string, { module, scope }: Context, chain: Chain): string | null {
  if (callee === '' || callee.startsWith('.')) return null;
  const symbol = evaluator.program.symbol(module, scope, callee);
  if (symbol?.kind === 'external') return symbol.name;
  if (!/\.(?:command|callback)$/.test(callee)) return null;
  const app = evaluator.evaluate(
    { kind: 'reference', name: callee.slice(0, callee.lastIndexOf('.')), place: NOWHERE },
    { module, scope },
    chain,
  );
  if (app.kind !== 'call')
    return /^(?:cli|main|app)\.command$/.test(callee) && usesClick(module) ? 'click.command' : null;
  return lastName(app.call.callee) === 'Typer' ? 'typer.command' : null;
}

const NOWHERE = {
  start: Number.MAX_SAFE_INTEGER,
  end: Number.MAX_SAFE_INTEGER,
  startLine: 1,
  endLine: 1,
} as Expression['place'];

function usesClick(module: PythonModule): boolean {
  return module.imports.some((it) => it.module === 'click');
}

/** `@click.option("--model", default="…")`, `@click.argument("model")`. */
function clickParameter(
  evaluator: Evaluator,
  name: string,
  owner: FunctionFact,
  context: Context,
  at: Location,
  chain: Chain,
): Value | null {
  const declared = owner.decorators.filter(
    (it): it is CallExpression => it.kind === 'call' && /(?:^|\.)(?:option|argument)$/.test(it.callee),
  );
  const found = declared.find((it) => clickName(it) === name);
  if (found === undefined) return null;
  const isArgument = lastName(found.callee) === 'argument';
  const positional = declared.filter((it) => lastName(it.callee) === 'argument');
  const isPlain = positional.every((it) => findArgument(it, 'nargs') === undefined);
  const given = findArgument(found, 'default');
  const standard = given === undefined ? null : evaluator.evaluate(given.value, context, chain);
  const type = clickType(found, standard);
  const option: Option = {
    name,
    flags: isArgument ? [] : textsOf(found).flatMap((text) => flagsIn(text)),
    position: isArgument
      ? { index: isPlain ? positional.toReversed().indexOf(found) : -1, count: isPlain ? positional.length : -1 }
      : null,
    fileKeys: null,
    type,
    standard: standard ?? (type === 'switch-on' ? falseAt(context, found, chain) : null),
  };
  return optionValue(evaluator, context.module.path, option, at, chain);
}

function falseAt({ module }: Context, call: CallExpression, chain: Chain): Value {
  const at = locate(module.path, call.place);
  return { kind: 'scalar', value: false, at, chain: [...chain, at] };
}

/** A name without dashes is the parameter's own; else the first long flag says it. */
function clickName(call: CallExpression): string | null {
  const texts = textsOf(call);
  const plain = texts.find((text) => !text.startsWith('-'));
  if (plain !== undefined) return plain.replaceAll('-', '_').toLowerCase();
  const flag = texts.find((text) => text.startsWith('--')) ?? texts[0];
  return flag === undefined ? null : (flagsIn(flag)[0] ?? null);
}

function textsOf(call: CallExpression): string[] {
  return call.arguments.flatMap((it) =>
    it.name === null && it.value.kind === 'scalar' ? [String(it.value.value)] : [],
  );
}

/** `--shout/--no-shout` is one option. */
function flagsIn(text: string): string[] {
  const [first = ''] = text.split('/');
  return first.startsWith('-') ? [first.trim().replace(/^-+/, '').replaceAll('-', '_')] : [];
}

function clickType(call: CallExpression, standard: Value | null): OptionType {
  const isTrue = (name: string): boolean => {
    const value = findArgument(call, name)?.value;
    return value?.kind === 'scalar' && value.value === true;
  };
  if (isTrue('is_flag') || textsOf(call).some((text) => text.startsWith('--') && text.includes('/')))
    return 'switch-on';
  if (isTrue('multiple') || findArgument(call, 'nargs') !== undefined || findArgument(call, 'callback') !== undefined)
    return 'other';
  const type = findArgument(call, 'type')?.value;
  if (type?.kind === 'call') return /(?:^|\.)(?:Path|Choice)$/.test(type.callee) ? 'text' : 'other';
  if (type !== undefined)
    return type.kind === 'reference' && lastName(type.name) === 'bool' ? 'boolean' : typeNamed(type);
  return standard?.kind === 'scalar' && typeof standard.value !== 'string' && standard.value !== null ? 'word' : 'text';
}

/** `model: str = typer.Option("…", "--model-name")`, and a plain default. */
function typerOption(
  evaluator: Evaluator,
  parameter: Parameter,
  standard: Value | null,
  module: PythonModule,
  owner: FunctionFact,
  type: OptionType,
  chain: Chain,
): Option {
  const { name, annotation } = parameter;
  const declared =
    standard?.kind === 'call' && /(?:^|\.)(?:Option|Argument)$/.test(standard.call.callee) ? standard : null;
  const flags = [...(annotation ?? '').matchAll(/["']--([\w-]+)/g)].map((match) => match[1] ?? '');
  const written =
    declared === null
      ? flags
      : textsOf(declared.call)
          .filter((it) => it.startsWith('--'))
          .map((it) => it.slice(2));
  const isArgument = /(?:^|\.)Argument\b/.test(declared?.call.callee ?? annotation ?? '');
  const first =
    declared === null ? undefined : (findArgument(declared.call, 'default') ?? positionalArgument(declared.call, 0));
  const value =
    first === undefined
      ? null
      : evaluator.evaluate(first.value, { module, scope: owner.scope }, declared?.chain ?? chain);
  return {
    name,
    flags: (written.length > 0 ? written : [name]).map((it) => it.replaceAll('-', '_')),
    position: isArgument ? { index: -1, count: -1 } : null,
    fileKeys: null,
    type,
    standard: declared === null ? standard : value,
  };
}

function parameterType({ annotation }: Parameter, standard: Value | null): OptionType {
  const [, inner] = /^(?:typing\.)?Annotated\[\s*([^,]+),/.exec(annotation ?? '') ?? [];
  const type = typeOfAnnotation(inner ?? annotation);
  if (type === 'boolean') return 'switch-on';
  if (annotation !== null || standard?.kind !== 'scalar') return type;
  return typeof standard.value === 'string' ? 'text' : 'word';
}

/** `fire.Fire(train)`, `typer.run(main)`: the full name of what makes a program of the function. */
function runnerOf(evaluator: Evaluator, owner: FunctionFact, module: PythonModule): string | null {
  for (const [last, full] of Object.entries(RUNNERS)) {
    for (const { module: from, site } of evaluator.program.callSites(last, module)) {
      const [first] = site.call.arguments;
      const symbol = evaluator.program.symbol(from, site.scope, site.call.callee);
      if (symbol?.kind !== 'external' || symbol.name !== full) continue;
      if (first === undefined) {
        // `fire.Fire()` offers every function of its file.
        if (full === 'fire.Fire' && from === module && owner.scope === 0) return full;
        continue;
      }
      if (first.value.kind !== 'reference') continue;
      const named = evaluator.program.symbol(from, site.scope, first.value.name);
      if (named?.kind === 'function' && named.definition === owner && named.module === module) return full;
    }
  }
  return null;
}

/** `@draccus.wrap()` above `def main(config: TrainConfig)`: the class that the command line sets. */
function wrapped(
  evaluator: Evaluator,
  decorator: Expression,
  owner: FunctionFact,
  module: PythonModule,
  at: Location,
  chain: Chain,
): Value | null {
  const annotation = owner.parameters[0]?.annotation ?? '';
  if (!/^[A-Za-z_][\w.]*$/.test(annotation) || decorator.kind !== 'call') return null;
  const symbol = evaluator.program.symbol(module, owner.scope, annotation);
  if (symbol?.kind !== 'class' || symbol.rest.length > 0) return null;
  const parsed = { type: symbol.definition, module: symbol.module };
  return { kind: 'call', call: decorator, parsed, context: { module, scope: owner.scope }, at, chain };
}
