import type { Scalar } from '../../../model/expression.js';
import type { RepoPath } from '../../../model/identifiers.js';
import type { Location } from '../../../model/location.js';
import type { Evaluator } from '../evaluate.js';
import { type Chain, literalOf, unknownValue, type Value } from '../values.js';
import type { Question } from './command-lines.js';

/**
 * How the words of a command become a value. `word`: by what they look like; `python`: as Python would read them; `other`:
 * by a function that is not known here.
 */
export type OptionType =
  | 'text'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'switch-on'
  | 'switch-off'
  | 'word'
  | 'python'
  | 'other';

/** One option of a command line. */
export interface Option extends Question {
  /** What the script calls it. */
  readonly name: string;
  readonly type: OptionType;
  /** Null where it has none and must be given. */
  readonly standard: Value | null;
}

/**
 * What an option is: what the commands of the script say, else its default, which a command could replace. Where
 * neither is there, or commands differ, it is known only when the code runs.
 */
export function optionValue(evaluator: Evaluator, path: RepoPath, option: Option, at: Location, chain: Chain): Value {
  const said = evaluator.commands.ask(path, option);
  const { name, standard } = option;
  const fallback = standard === null || standard.kind === 'map' ? null : literalOf(standard);
  if (said.state === 'said') {
    const value = said.written ? readWord(said.value, option.type) : said.value;
    if (value === undefined) return unknownValue(`args.${name}`, at, chain, { cause: 'commands', fallback });
    return { kind: 'scalar', value, at: said.at, chain: [...chain, ...said.chain] };
  }
  if (said.state === 'unknown') return unknownValue(`args.${name}`, at, chain, { cause: 'commands', fallback });
  if (standard?.kind === 'scalar' && standard.value !== null) return { ...standard, byDefault: true };
  if (standard?.kind === 'list' && standard.complete && standard.items.every((item) => item.kind === 'scalar'))
    return { ...standard, items: standard.items.map((item) => ({ ...item, byDefault: true as const })) };
  const cause = standard?.kind === 'unknown' ? standard.cause : 'option';
  return unknownValue(`args.${name}`, at, chain, { cause });
}

/** Undefined for a word that is no value of the type. */
function readWord(value: Scalar, type: OptionType): Scalar | undefined {
  const text = String(value);
  switch (type) {
    case 'text':
      // A flag without a value is no text.
      return typeof value === 'boolean' ? undefined : text;
    case 'integer':
      return /^[-+]?\d+$/.test(text) ? Number(text) : undefined;
    case 'number':
      return /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(text) ? Number(text) : undefined;
    case 'boolean':
      return readTruth(text);
    case 'switch-on':
      return typeof value === 'boolean' ? value : true;
    case 'switch-off':
      return typeof value === 'boolean' ? !value : false;
    case 'word':
      return /^(?:true|false)$/i.test(text) ? /^true$/i.test(text) : readPlain(text);
    case 'python':
      return typeof value === 'boolean' ? value : readPlain(text);
    case 'other':
      return undefined;
  }
}

function readTruth(text: string): boolean | undefined {
  if (/^(?:true|yes|y|t|1)$/i.test(text)) return true;
  return /^(?:false|no|n|f|0)$/i.test(text) ? false : undefined;
}

/** A word as Python would read it: what is no constant is a text. */
function readPlain(text: string): Scalar {
  if (/^(?:True|False)$/.test(text)) return text === 'True';
  if (text === 'None') return null;
  if (/^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(text)) return Number(text);
  return text.replace(/^(["'])(.*)\1$/s, '$2');
}

/** The type that an annotation of Python names. */
export function typeOfAnnotation(annotation: string | null): OptionType {
  if (annotation === null) return 'other';
  const bare = annotation
    .replace(/\s+/g, '')
    .replace(/^["']|["']$/g, '')
    .replace(/^(?:typing\.)?Annotated\[(.*?),.*$/, '$1')
    .replace(/^(?:typing\.|t\.)?Optional\[(.*)\]$/, '$1')
    .replace(/\|None$|^None\|/, '')
    .replace(/^(?:typing\.)?Union\[(\w+),None\]$/, '$1');
  if (/^(?:str|Path|pathlib\.Path)$/.test(bare) || /^(?:typing\.)?Literal\[["']/.test(bare)) return 'text';
  if (bare === 'int') return 'integer';
  if (bare === 'float') return 'number';
  return bare === 'bool' ? 'boolean' : 'other';
}
