import type { Expression, MapEntry, MapExpression } from '../../model/expression.js';
import type { CommandFact } from '../../model/fact.js';
import type { RepoPath } from '../../model/identifiers.js';
import { locate } from '../../model/location.js';
import type { Override } from '../compose/hydra.js';
import { readPlainWord } from '../compose/plain-words.js';

/** A command that starts a program, its launcher taken off. */
export interface CommandLine {
  /** `trl`, `axolotl`, `llamafactory-cli`, `tune`; a script's path; or a module's dotted name. */
  readonly program: string;
  readonly kind: 'tool' | 'script' | 'module';
  /** Every word behind the program, as written. */
  readonly words: readonly Expression[];
  /** Words that are no flags and no values of flags, in order; for a tool the sub-command is the first. */
  readonly positionals: readonly Expression[];
  /** `--learning-rate 1e-4`, `--learning_rate=1e-4`, `learning_rate=1e-4` under `learning_rate`. */
  readonly flags: MapExpression;
}

/** Launchers, and which of their own flags take no value. The program follows the first word that is no flag. */
const LAUNCHERS: Readonly<Record<string, readonly string[]>> = {
  torchrun: ['--standalone', '--no_python', '--no-python', '-m', '--module'],
  deepspeed: ['--no_local_rank', '--no_python', '--force_multi', '--save_pid', '--enable_each_rank_log', '--module'],
  'accelerate launch': [
    '--cpu',
    '--multi_gpu',
    '--tpu',
    '--ipex',
    '--quiet',
    '-q',
    '-m',
    '--module',
    '--no_python',
    '--use_deepspeed',
    '--use_fsdp',
    '--use_megatron_lm',
    '--debug',
    '--same_network',
  ],
};

const PREFIXES = new Set(['nohup', 'sudo', 'time', 'exec', 'env', 'srun', 'mpirun', 'stdbuf', 'nice', 'setsid']);
const RUNNERS = new Set(['uv', 'poetry', 'pipenv', 'pdm', 'hatch', 'conda', 'micromamba']);
const PYTHON = /^(?:.*\/)?(?:python|python3|python3\.\d+|ipython)$/;
const TOOLS = new Set(['trl', 'axolotl', 'llamafactory-cli', 'lmf', 'tune']);

/** Null for a command that starts neither a tool we know nor a Python program. */
export function readCommandLine(command: CommandFact): CommandLine | null {
  let rest = withoutPrefixes(command.words);
  for (let turns = 0; turns < 4; turns += 1) {
    const launched = afterLauncher(rest);
    if (launched === null) break;
    rest = launched;
  }
  return fromProgram(rest, command);
}

function fromProgram(words: readonly Expression[], command: CommandFact): CommandLine | null {
  const [first, second] = words.map(textOf);
  if (first === undefined || first === null) return null;
  if (TOOLS.has(first)) return commandLine(first, 'tool', words.slice(1), command);
  if (first === '-m' && second != null) return commandLine(second, 'module', words.slice(2), command);
  if (first.endsWith('.py')) return commandLine(first, 'script', words.slice(1), command);
  return null;
}

/** Words behind `nohup`, `uv run`, `VAR=x` and the like. */
function withoutPrefixes(words: readonly Expression[]): readonly Expression[] {
  let index = 0;
  while (index < words.length) {
    const word = textAt(words, index);
    if (word === null) break;
    if (RUNNERS.has(word) && textAt(words, index + 1) === 'run') {
      index += 2;
      while (textAt(words, index)?.startsWith('-') === true)
        index += /^--?(?:n|p|with|env|name)$/.test(textAt(words, index) ?? '') ? 2 : 1;
    } else if (PREFIXES.has(word)) {
      index += 1;
      while (/^(?:-|\w+=)/.test(textAt(words, index) ?? '')) index += 1;
    } else break;
  }
  return words.slice(index);
}

/** What a launcher starts, beginning with the script, or with `-m`; null where the first word is no launcher. */
function afterLauncher(words: readonly Expression[]): readonly Expression[] | null {
  const first = textAt(words, 0);
  if (first === null) return null;
  if (PYTHON.test(first)) return afterPython(words.slice(1));
  const name = first === 'accelerate' && textAt(words, 1) === 'launch' ? 'accelerate launch' : first;
  const switches = LAUNCHERS[name];
  return switches === undefined ? null : afterFlags(words.slice(name.split(' ').length), switches);
}

function afterPython(words: readonly Expression[]): readonly Expression[] | null {
  let index = 0;
  for (let word = textAt(words, 0) ?? ''; /^-[a-ln-zA-Z]/.test(word); word = textAt(words, index) ?? '') {
    if (word === '-c') return [];
    index += word === '-W' || word === '-X' ? 2 : 1;
  }
  const rest = words.slice(index);
  const isDistributedRun = /^torch\.distributed\.(?:run|launch)$/.test(textAt(rest, 1) ?? '');
  if (textAt(rest, 0) === '-m' && isDistributedRun) return afterFlags(rest.slice(2), LAUNCHERS.torchrun ?? []);
  return rest;
}

function afterFlags(words: readonly Expression[], switches: readonly string[]): readonly Expression[] | null {
  let index = 0;
  let module = false;
  for (let word = textAt(words, index); word?.startsWith('-'); word = textAt(words, index)) {
    if (word === '-m' || word === '--module') module = true;
    // A script is no flag's value: what stands before one is a switch, whether or not it is listed.
    const isSwitch =
      word.includes('=') || switches.includes(word) || textAt(words, index + 1)?.endsWith('.py') === true;
    index += isSwitch ? 1 : 2;
  }
  const rest = words.slice(index);
  if (rest.length === 0) return null;
  const [program] = rest;
  return module && program !== undefined ? [{ kind: 'scalar', value: '-m', place: program.place }, ...rest] : rest;
}

function commandLine(
  program: string,
  kind: CommandLine['kind'],
  words: readonly Expression[],
  command: CommandFact,
): CommandLine {
  const positionals: Expression[] = [];
  const entries: MapEntry[] = [];
  const spreads: Expression[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] as Expression;
    const text = textOf(word);
    const assigned = assignmentOf(word);
    const next = words[index + 1];
    if (assigned !== null) entries.push(assigned);
    else if (text === null) {
      // A lone variable may be a script's `"$@"` or hold flags, which may set anything; or one plain word.
      spreads.push(word);
      positionals.push(word);
    } else if (!isFlag(text)) positionals.push(word);
    else if (next === undefined || isFlag(textOf(next) ?? '')) entries.push(switchEntry(text, word));
    else {
      entries.push(valueEntry(text, word, next));
      index += 1;
    }
  }
  const flags: MapExpression = { kind: 'map', entries, spreads, style: 'flow', place: command.place };
  return { program, kind, words, positionals, flags };
}

/**
 * The words that set or choose something without a flag: `model.name=x`, `+trainer=ddp`, `~logger`. Null where a word is
 * known to the shell alone and may be one of them.
 */
export function overridesIn({ words }: CommandLine, path: RepoPath): readonly Override[] | null {
  const overrides: Override[] = [];
  for (const word of words) {
    const text = word.kind === 'template' ? textOf(word.parts[0] as Expression) : textOf(word);
    if (text === null) return null;
    const [, sign = '', key = '', equals, rest = ''] = /^(\+{1,2}|~)?([A-Za-z_][\w./@-]*)(=)?(.*)$/s.exec(text) ?? [];
    if (key === '' || (equals === undefined && sign !== '~')) continue;
    const value = equals === undefined ? null : assignedValue(word, rest);
    overrides.push({
      sign: sign as Override['sign'],
      key,
      value: value === null ? null : typed(value),
      at: locate(path, word.place),
    });
  }
  return overrides;
}

/** A word without a type of its own is read as Hydra reads it; what holds lists, dicts or several values is not. */
function typed(value: Expression): Expression {
  if (value.kind !== 'scalar' || typeof value.value !== 'string') return value;
  const text = value.value.trim();
  if (/^\[[^[\]{}"']*\]$/.test(text)) {
    const items = text
      .slice(1, -1)
      .split(',')
      .filter((it) => it.trim() !== '');
    return {
      kind: 'list',
      items: items.map((it) => ({ ...value, value: readPlainWord(it) })),
      complete: true,
      place: value.place,
    };
  }
  const isQuoted = /^(?:'[^']*'|"[^"]*")$/.test(text);
  if (!isQuoted && /[[\]{},$()'"\\]/.test(text))
    return { kind: 'opaque', text: text.slice(0, 80), parts: [], place: value.place };
  return { ...value, value: readPlainWord(text) };
}

/** `--key=value`, and `key=value` as Hydra, torchtune and LLaMA-Factory have it. */
function assignmentOf(word: Expression): MapEntry | null {
  const text = word.kind === 'template' ? textOf(word.parts[0] as Expression) : textOf(word);
  const split = text?.match(/^(?:--|\+{1,2})?([A-Za-z_][\w.-]*)=(.*)$/s);
  if (split === null || split === undefined) return null;
  const [, key = '', rest = ''] = split;
  const value = assignedValue(word, rest);
  return { key: flagName(key), keyPlace: word.place, value, place: word.place };
}

function assignedValue(word: Expression, rest: string): Expression {
  const first: Expression = { kind: 'scalar', value: rest, place: word.place };
  if (word.kind !== 'template') return first;
  const parts = [...(rest === '' ? [] : [first]), ...word.parts.slice(1)];
  return parts.length === 1 ? (parts[0] as Expression) : { kind: 'template', parts, place: word.place };
}

function valueEntry(flag: string, word: Expression, value: Expression): MapEntry {
  const place = { ...word.place, end: value.place.end, endLine: value.place.endLine };
  return { key: flagName(flag), keyPlace: word.place, value, place };
}

/** A flag without a value switches something on; `--no-x` switches it off. */
function switchEntry(flag: string, word: Expression): MapEntry {
  const name = flagName(flag);
  const negated = name.match(/^no_(.+)$/)?.[1];
  const value: Expression = { kind: 'scalar', value: negated === undefined, place: word.place };
  return { key: negated ?? name, keyPlace: word.place, value, place: word.place };
}

function flagName(flag: string): string {
  return flag.replace(/^-+/, '').replaceAll('-', '_');
}

function isFlag(text: string): boolean {
  return /^--?[A-Za-z]/.test(text);
}

function textAt(words: readonly Expression[], index: number): string | null {
  const word = words[index];
  return word === undefined ? null : textOf(word);
}

function textOf(word: Expression): string | null {
  return word.kind === 'scalar' ? String(word.value) : null;
}
