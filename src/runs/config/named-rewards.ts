import type { RepoPath } from '../../model/identifiers.js';
import type { RewardSource, Rewards } from '../../model/rewards.js';
import type { Stack } from '../../model/run.js';
import { PythonProgram } from '../python/program.js';
import { rewardMade } from '../python/reward-function.js';
import type { TreeView } from '../tree/tree-view.js';

/**
 * Stacks that import a reward by its dotted name, `rewards.correct`: axolotl-ai-cloud/axolotl,
 * `src/axolotl/core/trainers/grpo/__init__.py`; huggingface/trl, `trl/scripts/grpo.py` and `rloo.py`.
 */
const IMPORTING: ReadonlySet<Stack> = new Set(['axolotl', 'trl-cli']);

/** Rewards that a configuration names, read from the modules of the tree; others stay unknown. With the files that were read. */
export function namedRewards(
  rewards: Rewards | null,
  run: { readonly stack: Stack; readonly path: RepoPath; readonly tree: TreeView },
): { readonly rewards: Rewards | null; readonly files: readonly RepoPath[] } {
  if (rewards === null || !IMPORTING.has(run.stack)) return { rewards, files: [] };
  const program = new PythonProgram(run.tree);
  const read = rewards.sources.map((source) => readSource(source, run.path, program));
  return {
    rewards: { ...rewards, sources: read.map(({ source }) => source) },
    files: read.flatMap(({ file }) => file ?? []),
  };
}

function readSource(
  source: RewardSource,
  from: RepoPath,
  program: PythonProgram,
): { readonly source: RewardSource; readonly file: RepoPath | null } {
  const [, module = '', name = ''] = /^([A-Za-z_][\w.]*)\.([A-Za-z_]\w*)$/.exec(source.name) ?? [];
  const file = module === '' ? null : program.tree.moduleFile(from, module);
  const own = file === null ? null : program.module(file);
  const symbol = own === null ? null : program.symbol(own, 0, name);
  if (symbol?.kind !== 'function') return { source, file };
  return { source: { ...source, made: rewardMade(symbol.definition, symbol.module) }, file };
}
