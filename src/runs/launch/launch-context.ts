import type { Expression } from '../../model/expression.js';
import type { FileFacts } from '../../model/fact.js';
import type { RepoPath } from '../../model/identifiers.js';
import { type Location, locate } from '../../model/location.js';
import type { RunCommand } from '../../model/run.js';
import { computed, isSameLiteral, type Setting } from '../../model/setting.js';
import type { TreeView } from '../tree/tree-view.js';
import type { Launch } from './launches.js';

/** What stands around the commands that launch a run: the other commands of their scripts, and the environment. */
export interface LaunchContext {
  readonly commands: readonly RunCommand[];
  readonly environment: ReadonlyMap<string, Setting>;
}

export function launchContext(tree: TreeView, launches: readonly Launch[]): LaunchContext {
  const paths = [...new Set(launches.map((launch) => launch.path))];
  const scripts = paths.map((path) => new Map(scriptEnvironment(tree, path, launches)));
  return { commands: paths.flatMap((path) => commandsIn(tree, path)), environment: agreedEnvironment(scripts) };
}

/** What every script that launches the run sets alike is certain; what one of several sets depends on which is started. */
function agreedEnvironment(scripts: readonly ReadonlyMap<string, Setting>[]): Map<string, Setting> {
  const environment = new Map<string, Setting>();
  for (const script of scripts) {
    for (const [name, setting] of script) {
      const agreed = scripts.every((other) => isSameLiteral(other.get(name), setting));
      environment.set(
        name,
        agreed || setting.state !== 'literal' ? setting : computed(String(setting.value), [setting.at]),
      );
    }
  }
  return environment;
}

function commandsIn(tree: TreeView, path: RepoPath): readonly RunCommand[] {
  const script = tree.facts(path);
  if (script === null) return [];
  const known = commands.get(script);
  if (known?.path === path) return known.read;
  const read = script.facts.flatMap((fact) =>
    fact.kind === 'command' ? [{ words: fact.words.map(wordOf), at: locate(path, fact.place) }] : [],
  );
  commands.set(script, { path, read });
  return read;
}

/** One script may launch many runs. */
const commands = new WeakMap<FileFacts, { readonly path: RepoPath; readonly read: readonly RunCommand[] }>();

/** Variables of a script reach the programs it starts where they are exported; that they are not is rare. */
function scriptEnvironment(tree: TreeView, path: RepoPath, launches: readonly Launch[]): [string, Setting][] {
  const starts = new Set(launches.filter((launch) => launch.path === path).map((launch) => launch.at.start));
  return (tree.facts(path)?.facts ?? []).flatMap((fact): [string, Setting][] => {
    if (fact.kind === 'command') {
      // `WANDB_MODE=disabled python smoke.py` says nothing of the other commands.
      if (!starts.has(fact.place.start)) return [];
      return fact.environment.map(({ name, value }) => [name, settingOf(value, locate(path, value.place))]);
    }
    if (fact.kind !== 'assignment' || fact.value === null || !/^[A-Z][A-Z0-9_]*$/.test(fact.target)) return [];
    const at = locate(path, fact.value.place);
    const setting = settingOf(fact.value, at);
    return [
      [fact.target, fact.conditional && setting.state === 'literal' ? computed(String(setting.value), [at]) : setting],
    ];
  });
}

function settingOf(value: Expression, at: Location): Setting {
  if (value.kind === 'scalar') return { state: 'literal', value: value.value, at, chain: [at] };
  return computed(wordOf(value), [at]);
}

/** A word as text, with `…` for what only the shell knows. */
function wordOf(word: Expression): string {
  if (word.kind === 'scalar') return String(word.value);
  return word.kind === 'template' ? word.parts.map(wordOf).join('') : '…';
}
