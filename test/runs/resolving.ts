import type { TrainingRun } from '../../src/model/run.js';
import type { Setting } from '../../src/model/setting.js';
import { findRuns } from '../../src/runs/find-runs.js';
import { type Files, sourceTree } from '../support/source-tree.js';

const IMPORTS = 'from transformers import AutoModel, Trainer, TrainingArguments\n';

/** A script that trains the model that an expression names, behind some statements. */
export function script(before: string, name: string): string {
  return `${IMPORTS}${before}\nTrainer(AutoModel.from_pretrained(${name}))\n`;
}

/** A script whose last function trains the model that an expression in it names. */
export function program(before: string, head: string, name: string, after = ''): string {
  return `${IMPORTS}${before}\n${head}\n    Trainer(AutoModel.from_pretrained(${name}))\n${after}`;
}

export async function runsOf(files: Files): Promise<TrainingRun[]> {
  return findRuns(await sourceTree(files));
}

/** What the first run of a tree loads: the name itself, `default NAME` for an option's default, `?` where it is not known. */
export async function nameIn(files: Files): Promise<unknown> {
  const [run] = await runsOf(files);
  return said(run?.loads[0]?.name);
}

export function said(setting: Setting | { readonly state: 'inexpressible' } | undefined): unknown {
  if (setting?.state !== 'literal') return setting?.state === 'dynamic' ? '?' : setting?.state;
  return setting.byDefault === true ? `default ${setting.value}` : setting.value;
}
