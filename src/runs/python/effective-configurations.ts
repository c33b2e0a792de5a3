import { findArgument, positionalArgument } from '../../model/expression.js';
import type { RepoPath } from '../../model/identifiers.js';
import { isGroup } from '../compose/hydra.js';
import { recognisedConfig } from '../config/config-runs.js';
import { folderOf } from '../folders.js';
import { overridesIn } from '../launch/command-line.js';
import type { Launch } from '../launch/launches.js';
import { pathBelow } from '../paths.js';
import { mayHoldRuns } from '../role.js';
import type { TreeView } from '../tree/tree-view.js';
import type { PythonModule } from './module.js';
import type { PythonProgram } from './program.js';
import type { TrainerCall } from './trainers.js';

/** One way in which a script is started: with which configuration, and by which commands. */
export interface EffectiveConfiguration {
  /** What tells it from the others of the script; empty for commands that name no configuration, and for none at all. */
  readonly label: string;
  readonly launches: readonly Launch[];
}

/** Configurations of one script that are looked at. More are a sweep. */
export const MAX_CONFIGURATIONS = 20;

/**
 * A script and a configuration that a command starts it with are one effective configuration, however many commands
 * there are: what these say differently is known only when one is started. Commands that differ by their flags alone are no
 * configurations of their own, since one beside the one that trains is as often a trial of it. A configuration that is a run by itself is
 * judged as that run.
 */
export function effectiveConfigurations(script: RepoPath, program: PythonProgram): readonly EffectiveConfiguration[] {
  const { tree } = program;
  const launches = tree.launches('script', script);
  const module = program.module(script);
  const folder = module === null ? null : hydraFolder(module);
  const groups = new Map<string, Launch[]>();
  for (const launch of launches) {
    const label = folder === null ? configOf(launch, tree) : choicesOf(launch, tree, folder);
    const known = groups.get(label);
    if (known === undefined) groups.set(label, [launch]);
    else known.push(launch);
  }
  if (groups.size === 0) return [{ label: '', launches: [] }];
  return [...groups].map(([label, own]) => ({ label, launches: own })).sort((a, b) => (a.label < b.label ? -1 : 1));
}

/**
 * The script that starts a trainer: its own file, or where no command starts that, the one file that a command starts and
 * that calls the function around the trainer.
 */
export function startingScript(
  trainers: readonly TrainerCall[],
  module: PythonModule,
  program: PythonProgram,
): RepoPath {
  const { tree } = program;
  if (tree.launches('script', module.path).length > 0) return module.path;
  const names = new Set(trainers.flatMap(({ context }) => functionsAround(context.scope, module)));
  const starters = new Set(
    [...names].flatMap((name) =>
      program.callSites(name, module).flatMap(({ module: from, site }) => {
        if (from === module || tree.launches('script', from.path).length === 0) return [];
        const symbol = program.symbol(from, site.scope, site.call.callee);
        return symbol?.kind === 'function' && symbol.module === module ? [from.path] : [];
      }),
    ),
  );
  const [only] = starters;
  return starters.size === 1 && only !== undefined ? only : module.path;
}

function functionsAround(scope: number, module: PythonModule): string[] {
  return module.enclosingScopes(scope).flatMap((it) => {
    const owner = module.ownerOf(it);
    return owner?.kind === 'function' ? [owner.name] : [];
  });
}

function configOf({ config }: Launch, tree: TreeView): string {
  return config === null || isRun(config, tree) ? '' : config;
}

/** Whether a configuration is found as a run by itself. */
export function isRun(config: RepoPath, tree: TreeView): boolean {
  if (!mayHoldRuns(config, tree)) return false;
  const facts = tree.facts(config)?.facts ?? [];
  return facts.some((fact) => fact.kind === 'document' && recognisedConfig(tree, config, fact) !== null);
}

/** The folder of configurations that `@hydra.main(config_path="conf")` names; null for a script without. */
function hydraFolder(module: PythonModule): string | null {
  if (!module.imports.some((it) => it.module === 'hydra')) return null;
  for (const { decorators } of module.functions) {
    const main = decorators.find((it) => it.kind === 'call' && /^(?:hydra\.)?main$/.test(it.callee));
    const path = main?.kind === 'call' ? (findArgument(main, 'config_path') ?? positionalArgument(main, 0)) : undefined;
    if (path?.value.kind === 'scalar') return pathBelow(folderOf(module.path), String(path.value.value)) ?? '';
  }
  return null;
}

/** `--config-name exp model=llama`: what a command of Hydra chooses. Keys that it sets choose nothing. */
function choicesOf({ line, path }: Launch, tree: TreeView, folder: string): string {
  const named = line.flags.entries.find(({ key }) => key === 'config_name' || key === 'cn')?.value;
  const chosen = (overridesIn(line, path) ?? []).flatMap(({ sign, key, value }) =>
    sign !== '~' && value?.kind === 'scalar' && isGroup({ tree, folder }, key) ? [`${key}=${value.value}`] : [],
  );
  const name = named?.kind === 'scalar' ? [String(named.value)] : [];
  return [...name, ...chosen.sort()].join(' ');
}
