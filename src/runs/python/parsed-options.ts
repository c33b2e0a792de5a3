import {
  type CallExpression,
  type Expression,
  findArgument,
  lastName,
  positionalArgument,
} from '../../model/expression.js';
import type { ClassFact } from '../../model/fact.js';
import { ABSENT, computed, type LiteralSetting, type Setting } from '../../model/setting.js';
import { ConfigSettings } from '../config/settings.js';
import type { Launch } from '../launch/launches.js';
import type { PythonModule, ScopedCall } from './module.js';
import type { PythonProgram } from './program.js';

/** Where the default of an option of a command line is written: an expression, or a field of a dataclass. */
export type OptionDefault =
  | { readonly kind: 'expression'; readonly value: Expression; readonly module: PythonModule; readonly scope: number }
  | { readonly kind: 'field'; readonly module: PythonModule; readonly type: ClassFact }
  | null;

/** The result of a parser's call: `args`, or one item of what `parse_args_into_dataclasses` returns. */
export interface ParsedArguments {
  readonly module: PythonModule;
  readonly scope: number;
  readonly call: CallExpression;
  readonly item: number | null;
}

/** Calls whose result holds what the command line said. */
export function isParsing(call: CallExpression): boolean {
  return /^(?:parse_\w+|parse)$/.test(lastName(call.callee));
}

/**
 * The default of an option: `default=` of its `add_argument`, or the field of the dataclass that a parser of
 * transformers or TRL was made with.
 */
export function optionDefault(program: PythonProgram, parsed: ParsedArguments, field: string): OptionDefault {
  const { module } = parsed;
  const option = module.callsNamed('add_argument').find(({ call }) => optionName(call) === field);
  const standard = option === undefined ? undefined : findArgument(option.call, 'default');
  if (standard !== undefined && option !== undefined) {
    return { kind: 'expression', value: standard.value, module, scope: option.scope };
  }
  const symbol = dataclassOf(program, parsed);
  return symbol === null ? null : { kind: 'field', ...symbol };
}

/**
 * What the launch commands of a script say of an option: its value where all that name it agree, absent where none
 * does, dynamic where they differ. A command that takes its flags from a file, or from a variable, may say anything.
 */
export function launchedOption(own: readonly Launch[], field: string): Setting {
  const said = own.map((launch) => new ConfigSettings(launch.flags).setting(field));
  const [first] = said;
  if (first === undefined) return ABSENT;
  const open = own.find((launch) => launch.config !== null || launch.lost !== null);
  if (open !== undefined) {
    return computed(field, [open.at]);
  }
  if (said.every((it) => it.state === 'absent')) return ABSENT;
  const literals = said.filter((it): it is LiteralSetting => it.state === 'literal');
  const agree = literals.length === said.length && literals.every((it) => it.value === literals[0]?.value);
  const at = own[0]?.at;
  if (agree || at === undefined) return first;
  return computed(field, [at]);
}

/** The class an item of the parser's result is an instance of: `HfArgumentParser((ModelArguments, …))`. */
function dataclassOf(
  program: PythonProgram,
  { module, scope, call, item }: ParsedArguments,
): { module: PythonModule; type: ClassFact } | null {
  const made = parserConstruction(module, call);
  const classes = made === null ? null : dataclassArguments(made.call);
  const name = classes?.[item ?? 0];
  if (name?.kind !== 'reference') return null;
  const symbol = program.symbol(module, made?.scope ?? scope, name.name);
  return symbol?.kind === 'class' && symbol.rest.length === 0
    ? { module: symbol.module, type: symbol.definition }
    : null;
}

/** `parser = HfArgumentParser(…)` for `parser.parse_…()`, or the construction that the call is chained to. */
function parserConstruction(module: PythonModule, call: CallExpression): ScopedCall | null {
  if (call.receiver?.kind === 'call') return { call: call.receiver, scope: 0 };
  const name = call.callee.split('.').slice(0, -1).join('.');
  const made = module.assignmentsTo(name).find((it) => it.value?.kind === 'call');
  return made?.value?.kind === 'call' ? { call: made.value, scope: made.scope } : null;
}

function dataclassArguments(made: CallExpression): readonly Expression[] | null {
  if (!/Parser$/.test(made.callee)) return null;
  const first = positionalArgument(made, 0) ?? findArgument(made, 'dataclass_types');
  if (first === undefined) return null;
  return first.value.kind === 'list' ? first.value.items : [first.value];
}

/** The attribute that argparse stores an option under. */
function optionName(call: CallExpression): string | null {
  const explicit = findArgument(call, 'dest')?.value;
  if (explicit?.kind === 'scalar') return String(explicit.value);
  const flags = call.arguments.flatMap((it) =>
    it.name === null && it.value.kind === 'scalar' ? [String(it.value.value)] : [],
  );
  const long = flags.find((flag) => flag.startsWith('--')) ?? flags[0];
  return long === undefined ? null : long.replace(/^-+/, '').replaceAll('-', '_');
}
