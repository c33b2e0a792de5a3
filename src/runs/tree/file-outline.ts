import { type Expression, lastName, visitDescendants } from '../../model/expression.js';
import {
  type AssignmentFact,
  type CommandFact,
  type DocumentFact,
  type FactsByKind,
  type FileFacts,
  factsByKind,
  type ImportFact,
  type RequirementFact,
} from '../../model/fact.js';
import type { RepoPath } from '../../model/identifiers.js';
import { namesBases } from '../config/parents.js';
import { recognise } from '../config/recognise.js';
import {
  definesKey,
  isTrainingScript,
  mentionsKey,
  OPTIONAL_KEYS,
  type OptionalKey,
} from '../config/understood-keys.js';
import { evaluates } from '../evaluating-files.js';
import { readCommandLine } from '../launch/command-line.js';
import { type FoundUse, usesInDocuments } from '../model-uses.js';
import { type GeneratingScript, generatingScript } from '../python/generating-script.js';
import { expressionsOf } from '../python/module.js';

/**
 * What the rest of a tree may want to know of a file without reading its facts: all that questions about the whole tree
 * are answered from. A pure function of a file's path and facts, and small, since every review needs those of all files.
 */
export interface FileOutline {
  /** What imports may name a file by: the module, and the name behind it, dotted. */
  readonly imports: readonly string[];
  /** Names of calls that may lead out of the file or make an object of one of its classes, as written. */
  readonly calls: readonly string[];
  /** Names that imports give to what bears another name where it comes from. */
  readonly renames: readonly { readonly name: string; readonly alias: string }[];
  readonly classes: readonly { readonly name: string; readonly bases: readonly string[] }[];
  readonly requirements: readonly RequirementFact[];
  /** Commands that start a program, with the variables that they are made of. */
  readonly commands: readonly CommandFact[];
  readonly variables: readonly AssignmentFact[];
  /** Whether it is a configuration that starts training, or that may with what it is based on. */
  readonly configures: boolean;
  readonly evaluates: boolean;
  /** What it makes of the answers of models; null for nearly every file. */
  readonly generates: GeneratingScript | null;
  /** What it uses and does not train, by its documents; commands are told by `commands`. */
  readonly uses: readonly FoundUse[];
  readonly trains: boolean;
  readonly declares: readonly OptionalKey[];
}

export const HOLDS_PYTHON = /\.(?:py|ipynb)$/;

export function outlineOf(path: RepoPath, file: FileFacts): FileOutline {
  const facts = factsByKind(file.facts);
  const isPython = HOLDS_PYTHON.test(path);
  const commands = facts.command.filter(startsProgram);
  return {
    imports: isPython ? [...new Set(facts.import.flatMap(importedNames))] : [],
    ...(isPython ? namesIn(file, facts) : NO_NAMES),
    renames: facts.import.flatMap(renameOf),
    classes: facts.class.map(({ name, bases }) => ({ name, bases: bases.flatMap(referenceName) })),
    requirements: facts.requirement,
    commands,
    variables: variablesOf(commands, facts.assignment),
    configures: facts.document.some(({ root }) => startsTraining(root, path)),
    evaluates: evaluates(path, facts),
    generates: isPython ? generatingScript(path, file) : null,
    uses: attemptedUses(path, facts.document),
    trains: isPython && isTrainingScript(facts),
  };
}

const NO_NAMES: Pick<FileOutline, 'calls' | 'declares'> = { calls: [], declares: [] };

/** All that is told by the expressions of a file, in one walk through them: they are most of the file. */
function namesIn({ facts }: FileFacts, known: FactsByKind): Pick<FileOutline, 'calls' | 'declares'> {
  const leadsOut = callsLeadingOut(known);
  const calls = new Set<string>();
  const declares = new Set(OPTIONAL_KEYS.filter((key) => definesKey(known, key)));
  const noteCall = (inner: Expression): void => {
    if (inner.kind === 'call' && leadsOut(inner.callee)) calls.add(inner.callee);
  };
  const note = (inner: Expression): void => {
    noteCall(inner);
    for (const key of OPTIONAL_KEYS) if (mentionsKey(inner, key)) declares.add(key);
  };
  for (const fact of facts) {
    // What stands around a definition is no variable and no option of its own.
    const isAround = fact.kind === 'function' || fact.kind === 'class';
    for (const { value } of expressionsOf(fact)) visitDescendants(value, isAround ? noteCall : note);
  }
  return { calls: [...calls], declares: OPTIONAL_KEYS.filter((key) => declares.has(key)) };
}

/** `self.SFTTrainer(…)`: by the way it is written, a class that was kept on the object. */
const HELD_CLASS = /^self\.[A-Z]\w+$/;

/** A call leads out where the first part of its name is imported; anything may be where everything is imported. */
function callsLeadingOut({ import: imports, class: classes }: FactsByKind): (callee: string) => boolean {
  const heads = new Set([...imports.map((it) => it.alias), ...classes.map((it) => it.name)]);
  const importsAll = imports.some((it) => it.name === '*');
  return (callee) => {
    if (callee === '' || callee.startsWith('.')) return false;
    const dot = callee.indexOf('.');
    const head = dot === -1 ? callee : callee.slice(0, dot);
    return importsAll || heads.has(head) || HELD_CLASS.test(callee);
  };
}

/** Each may be a module of its own, as in `from package import module`. */
function importedNames({ module, name }: ImportFact): string[] {
  if (name === null || name === '*') return [module];
  return [module, module.endsWith('.') ? `${module}${name}` : `${module}.${name}`];
}

function renameOf({ module, name, alias }: ImportFact): FileOutline['renames'] {
  const own = lastName(name ?? module);
  return own === alias || own === '*' ? [] : [{ name: own, alias }];
}

function referenceName(base: Expression): string[] {
  return base.kind === 'reference' ? [base.name] : [];
}

/** What cannot be read as a command here is told where its launch is looked for. */
function startsProgram(command: CommandFact): boolean {
  try {
    return readCommandLine(command) !== null;
  } catch {
    return true;
  }
}

/** As with commands: what goes wrong here goes wrong again where the run is looked for, and is told. */
function startsTraining(root: Expression, path: RepoPath): boolean {
  try {
    return recognise(root, path) !== null || namesBases(root);
  } catch {
    return true;
  }
}

/** What cannot be told a use is none, and nothing else hangs on it. */
function attemptedUses(path: RepoPath, documents: readonly DocumentFact[]): readonly FoundUse[] {
  try {
    return usesInDocuments(path, documents);
  } catch {
    return [];
  }
}

/** The assignments that commands name, and those that these name. */
function variablesOf(commands: readonly CommandFact[], assignments: readonly AssignmentFact[]): AssignmentFact[] {
  if (commands.length === 0 || assignments.length === 0) return [];
  const named = new Set<string>();
  const pending: Expression[] = commands.flatMap((it) => [...it.words, ...it.environment.map(({ value }) => value)]);
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    visitDescendants(next, (inner) => {
      if (inner.kind !== 'reference' || named.has(inner.name)) return;
      named.add(inner.name);
      for (const { target, value } of assignments) if (target === inner.name && value !== null) pending.push(value);
    });
  }
  return assignments.filter((it) => named.has(it.target));
}
