import type { Expression } from '../../model/expression.js';
import type { AssignmentFact, CommandFact } from '../../model/fact.js';
import type { RepoPath } from '../../model/identifiers.js';
import { type Location, locate } from '../../model/location.js';
import type { SettingSource } from '../config/settings.js';
import { attempted, type OnFailure } from '../failures.js';
import { folderOf } from '../folders.js';
import { pathBelow } from '../paths.js';
import type { FileOutline } from '../tree/file-outline.js';
import { type CommandLine, readCommandLine } from './command-line.js';

/** A launch command of the repository, and what it leads to. */
export interface Launch {
  readonly path: RepoPath;
  readonly at: Location;
  readonly line: CommandLine;
  /** The flags, strong enough to win over the file that the command names. */
  readonly flags: SettingSource;
  /** The configuration it names, where that lies in the tree. */
  readonly config: RepoPath | null;
  /** Why the configuration could not be followed: a computed name, or a file that is not there. */
  readonly lost: { readonly what: string; readonly computed: boolean } | null;
  /** The script it starts, where that lies in the tree. */
  readonly script: RepoPath | null;
}

type HasFile = (path: string) => boolean;

/** Every command of some files that starts a Python program or a training tool. */
export function findLaunches(
  files: readonly (readonly [RepoPath, Pick<FileOutline, 'commands' | 'variables'>])[],
  hasFile: HasFile,
  onFailure: OnFailure,
): Launch[] {
  return files.flatMap(([path, { commands, variables }]) => {
    if (commands.length === 0) return [];
    return attempted(path, onFailure, () => {
      const known = variablesOf(variables);
      return commands.flatMap((command) => launchOf(hasFile, path, command, known));
    });
  });
}

type Variables = ReadonlyMap<string, Expression | null>;

function launchOf(hasFile: HasFile, path: RepoPath, command: CommandFact, variables: Variables): Launch[] {
  const line = readCommandLine(command);
  if (line === null) return [];
  const named = namedConfig(line);
  const text = named === null ? null : literalText(named, variables);
  // A variable that names the file is no bag of flags.
  const spreads = text === null ? line.flags.spreads : line.flags.spreads.filter((it) => it !== named);
  const dereference = (name: string): Expression | null => variables.get(name) ?? null;
  const flags: SettingSource = { path, root: { ...line.flags, spreads }, dereference };
  const config = text === null ? null : findFile(hasFile, path, text);
  const script = line.kind === 'script' ? findFile(hasFile, path, line.program) : moduleFile(hasFile, path, line);
  const isFile = text !== null && /\.(?:ya?ml|json)$/i.test(text);
  const lost =
    named === null || config !== null || (text !== null && !isFile)
      ? null
      : { what: text ?? 'a computed file name', computed: text === null };
  return [{ path, at: locate(path, command.place), line, flags, config, lost, script }];
}

/** Which word names the configuration: `--config`, or the place that the tool gives it. */
function namedConfig(line: CommandLine): Expression | null {
  const flag = line.flags.entries.find((entry) => entry.key === 'config' || entry.key === 'config_file');
  if (flag !== undefined) return flag.value;
  if (line.kind === 'tool' && line.program !== 'trl') return line.positionals[1] ?? null;
  // HF's argument parser takes one YAML or JSON file in place of flags; axolotl's modules take theirs first.
  const [first] = line.positionals;
  return first?.kind === 'scalar' && /\.(?:ya?ml|json)$/i.test(String(first.value)) ? first : null;
}

/** A variable that is set once and not under a condition stands for its value; any other is unknown. */
function variablesOf(assignments: readonly AssignmentFact[]): Variables {
  const variables = new Map<string, Expression | null>();
  for (const { target, value, conditional } of assignments) {
    variables.set(target, variables.has(target) || conditional ? null : value);
  }
  return variables;
}

/** Parts of a file's name. Variables that hold several variables each would otherwise be followed for ever. */
const MAX_PARTS = 200;

function literalText(expression: Expression, variables: Variables, budget = { parts: MAX_PARTS }): string | null {
  budget.parts -= 1;
  if (budget.parts < 0) return null;
  if (expression.kind === 'scalar') return String(expression.value);
  if (expression.kind === 'reference') {
    const value = variables.get(expression.name);
    return value == null ? null : literalText(value, variables, budget);
  }
  if (expression.kind !== 'template') return null;
  let text = '';
  for (const part of expression.parts) {
    const read = literalText(part, variables, budget);
    if (read === null) return null;
    text += read;
  }
  return text;
}

/** A script is started from somewhere between its own folder and the root; the nearest match counts. */
function findFile(hasFile: HasFile, from: RepoPath, name: string): RepoPath | null {
  if (/^(?:\/|~|\$)/.test(name)) return null;
  for (let folder = folderOf(from); ; folder = folderOf(folder)) {
    const path = pathBelow(folder, name);
    if (path !== null && hasFile(path)) return path;
    if (folder === '') return null;
  }
}

function moduleFile(hasFile: HasFile, from: RepoPath, line: CommandLine): RepoPath | null {
  if (line.kind !== 'module') return null;
  const name = line.program.replaceAll('.', '/');
  return findFile(hasFile, from, `${name}.py`) ?? findFile(hasFile, from, `src/${name}.py`);
}
