import type { Expression, Scalar } from '../../../model/expression.js';
import type { RepoPath } from '../../../model/identifiers.js';
import type { Location } from '../../../model/location.js';
import { documentTree } from '../../compose/config-tree.js';
import { valueAt } from '../../compose/config-values.js';
import { ConfigSettings } from '../../config/settings.js';
import type { Launch } from '../../launch/launches.js';
import type { TreeView } from '../../tree/tree-view.js';
import { isRun } from '../effective-configurations.js';
import type { PythonProgram } from '../program.js';
import { type Chain, type Context, literalOf } from '../values.js';

/** What the commands say of one option. */
export type Said =
  /** No command starts the script, or none of them names the option. */
  | { readonly state: 'nothing' }
  | {
      readonly state: 'said';
      readonly value: Scalar;
      readonly at: Location;
      readonly chain: Chain;
      readonly written: boolean;
    }
  /** The commands differ, or take it from what only the shell knows. */
  | { readonly state: 'unknown' };

const NOTHING: Said = { state: 'nothing' };
const UNKNOWN: Said = { state: 'unknown' };

/** An option as a question to the commands. */
export interface Question {
  /** How its flags are called, with underscores for dashes. */
  readonly flags: readonly string[];
  /** Which of how many words without a flag it is; null for an option with one. */
  readonly position: { readonly index: number; readonly count: number } | null;
  /** Its key path in a file of arguments that the script's parser reads itself; null where the parser reads none. */
  readonly fileKeys: readonly string[] | null;
}

/** The commands that one run is started with. */
export class CommandLines {
  /** The scripts that the commands start. */
  readonly entries: readonly RepoPath[];
  readonly #tree: TreeView;
  readonly #own: readonly Launch[];
  readonly #script: RepoPath | null;

  /** `own` are the commands of the run in hand, all of them of `script`. Other scripts are started with theirs. */
  constructor(tree: TreeView, script: RepoPath | null, own: readonly Launch[]) {
    this.#tree = tree;
    this.#script = script;
    this.#own = own;
    this.entries = script === null ? [] : [script];
  }

  /** The commands that start a file, or where none does the run that reaches it. */
  startedWith(path: RepoPath): readonly Launch[] {
    if (path === this.#script) return this.#own;
    const direct = this.#tree.launches('script', path);
    return direct.length > 0 ? direct : this.#own;
  }

  ask(path: RepoPath, question: Question): Said {
    const said = this.startedWith(path).map((launch) => this.#saidBy(launch, question));
    const [first, ...others] = said;
    if (first === undefined) return NOTHING;
    const agree = others.every((it) => it.state === first.state && (it.state !== 'said' || sameWord(it, first)));
    return agree ? first : UNKNOWN;
  }

  /** `sys.argv[1]`: a word of the command, where no flag stands before it. */
  argument(
    name: string,
    index: Scalar,
    { module, scope }: Context,
    program: PythonProgram,
  ): { readonly value: string; readonly at: Location } | null {
    if (typeof index !== 'number' || !/(?:^|\.)argv$/.test(name)) return null;
    const symbol = program.symbol(module, scope, name);
    if (symbol?.kind !== 'external' || symbol.name !== 'sys.argv') return null;
    const words = this.startedWith(module.path).map(({ line, flags }) =>
      line.flags.entries.length === 0 ? wordOf(flags.path, line.positionals[index - 1]) : null,
    );
    const [first, ...others] = words;
    return first != null && others.every((it) => it?.value === first.value) ? first : null;
  }

  #saidBy(launch: Launch, { flags, position, fileKeys }: Question): Said {
    const settings = new ConfigSettings(launch.flags);
    for (const flag of flags) {
      const entry = launch.line.flags.entries.findLast((it) => it.key === flag);
      if (entry === undefined) continue;
      const setting = settings.written(flag);
      return setting === null ? UNKNOWN : { state: 'said', ...setting, written: true };
    }
    if (position !== null) {
      // A word behind a switch reads like its value: one too few, and none can be told.
      const { positionals } = launch.line;
      const word =
        positionals.length === position.count ? wordOf(launch.flags.path, positionals[position.index]) : null;
      return word === null ? UNKNOWN : { state: 'said', ...word, chain: [word.at], written: true };
    }
    if (launch.flags.root.spreads.length > 0) return UNKNOWN;
    return fileKeys === null ? NOTHING : this.#inFile(launch, fileKeys);
  }

  /** A file of arguments that the command names: weaker than its flags. */
  #inFile(launch: Launch, keys: readonly string[]): Said {
    if (launch.lost !== null) return UNKNOWN;
    if (launch.config === null) return NOTHING;
    // What it says is judged where it is a run by itself, once.
    if (isRun(launch.config, this.#tree)) return UNKNOWN;
    const facts = this.#tree.facts(launch.config);
    const tree = facts === null ? null : documentTree(launch.config, facts);
    if (tree === null) return UNKNOWN;
    const found = valueAt({ tree, interpolates: false }, keys, []);
    if (found === null) return tree.complete ? NOTHING : UNKNOWN;
    const literal = literalOf(found.value);
    if (literal === null || Array.isArray(literal.value)) return UNKNOWN;
    return { state: 'said', value: literal.value as Scalar, at: literal.at, chain: literal.chain, written: false };
  }
}

function sameWord(a: Said, b: Said): boolean {
  return a.state === 'said' && b.state === 'said' && a.value === b.value && a.written === b.written;
}

function wordOf(path: RepoPath, word: Expression | undefined): { value: string; at: Location } | null {
  if (word?.kind !== 'scalar') return null;
  return { value: String(word.value), at: { path, ...word.place } };
}
