import { findEntry } from '../model/expression.js';
import type { DocumentFact } from '../model/fact.js';
import type { RepoPath } from '../model/identifiers.js';
import { locate } from '../model/location.js';
import type { ModelUse, UsedTemplate } from '../model/model-use.js';
import type { Stack } from '../model/run.js';
import { isLiteral } from '../model/setting.js';
import { mentionsTorchtune, recognise } from './config/recognise.js';
import { ConfigSettings, interpolation } from './config/settings.js';
import type { Launch } from './launch/launches.js';

/** A use before it is known which run has trained the model. */
export interface FoundUse extends ModelUse {
  readonly stack: Stack;
  /** Folders that the model or its adapters are read from. */
  readonly models: readonly string[];
  /** The folder that an export writes the merged model to. */
  readonly exports: string | null;
}

/** The documents of a file that use a model and train none: for inference, export, prediction and generation. */
export function usesInDocuments(path: RepoPath, documents: readonly DocumentFact[]): FoundUse[] {
  return documents.flatMap(({ root }) => {
    if (root.kind !== 'map') return [];
    const settings = new ConfigSettings({ path, root, dereference: interpolation(root) });
    const isTorchtune = findEntry(root, 'checkpointer') !== undefined && mentionsTorchtune(root);
    const use = isTorchtune ? torchtuneUse(settings) : llamaFactoryUse(settings);
    return use === null || recognise(root, path) !== null ? [] : [use];
  });
}

/** A command that says by its flags alone which model it uses, and how. */
export function useOfCommand({ line, config, flags, at }: Launch): FoundUse | null {
  if (config !== null || line.flags.spreads.length > 0 || recognise(line.flags, flags.path) !== null) return null;
  const [, name = line.program] = /([^/]+)\.py$/.exec(line.program) ?? [];
  const subCommand = line.positionals[0]?.kind === 'scalar' ? String(line.positionals[0].value) : '';
  const isKnown = line.kind === 'tool' ? TOOLS.has(name) && COMMANDS.has(subCommand) : SCRIPTS.has(name);
  return isKnown ? llamaFactoryUse(new ConfigSettings(flags), IMPLIED.get(name)?.(at)) : null;
}

/** Whether flags of a launch may change what the file it names says of the model and its template. */
export function overridesUse({ line }: Launch): boolean {
  return line.flags.spreads.length > 0 || USE_KEYS.some((key) => findEntry(line.flags, key) !== undefined);
}

const TOOLS: ReadonlySet<string> = new Set(['llamafactory-cli', 'lmf']);
const COMMANDS: ReadonlySet<string> = new Set(['chat', 'api', 'webchat', 'export', 'train']);
/** hiyouga/LLaMA-Factory: `src` and `scripts`, today's and those of earlier releases. */
const SCRIPTS: ReadonlySet<string> = new Set([
  'api',
  'api_demo',
  'cli_demo',
  'web_demo',
  'export_model',
  'train',
  'train_bash',
  'vllm_infer',
]);

/** hiyouga/LLaMA-Factory: `scripts/vllm_infer.py` has `template: str = "default"` since it is there. */
const IMPLIED: ReadonlyMap<string, (at: Launch['at']) => UsedTemplate> = new Map([
  ['vllm_infer', (at): UsedTemplate => ({ name: 'default', at, isStated: false })],
]);

/** An adapter is what was trained where there is one; the model beside it is its base. */
const MODEL_KEYS = ['adapter_name_or_path', 'checkpoint_dir', 'model_name_or_path'];
const USE_KEYS = [...MODEL_KEYS, 'template', 'tokenizer', 'checkpointer'];

/** `task` is a benchmark, whose questions are written with `fewshot` on purpose. */
function llamaFactoryUse(settings: ConfigSettings, implied?: UsedTemplate): FoundUse | null {
  const named = settings.firstOf(MODEL_KEYS)?.control.setting;
  if (named === undefined || !isLiteral(named) || settings.control('task').setting.state !== 'absent') return null;
  const stated = settings.setting('template');
  const template = isLiteral(stated)
    ? { name: String(stated.value), at: stated.at, isStated: true }
    : stated.state === 'absent'
      ? implied
      : undefined;
  if (template === undefined) return null;
  const exported = settings.setting('export_dir');
  const models = [named.value].flat().flatMap((it) => String(it).split(','));
  return {
    by: settings.path,
    stack: 'llama-factory',
    models: models.map(plainFolder),
    exports: isLiteral(exported) ? plainFolder(String(exported.value)) : null,
    template,
  };
}

/** pytorch/torchtune: a tokenizer without `prompt_template` writes none. */
function torchtuneUse(settings: ConfigSettings): FoundUse | null {
  const folder = settings.setting('checkpointer.checkpoint_dir');
  const stated = settings.setting('tokenizer.prompt_template');
  const component = settings.control('tokenizer._component_').stated;
  const written = settings.expression('tokenizer.prompt_template');
  if (!isLiteral(folder) || component === null || written?.kind === 'map' || stated.state === 'dynamic') return null;
  const template: UsedTemplate = {
    name: isLiteral(stated) ? String(stated.value) : null,
    at: written === null ? component : locate(settings.path, written.place),
    isStated: written !== null,
  };
  return {
    by: settings.path,
    stack: 'torchtune',
    models: [plainFolder(String(folder.value))],
    exports: null,
    template,
  };
}

/** Without `./` in front and a slash behind. */
export function plainFolder(path: string): string {
  return path
    .trim()
    .replace(/\/+$/, '')
    .replace(/^(?:\.\/+)+/, '');
}

/** The folder itself, or a checkpoint in it; what else lies below may be another run's. */
function isOf(name: string, folder: string): boolean {
  return name === folder || (name.startsWith(`${folder}/`) && CHECKPOINT.test(name.slice(folder.length + 1)));
}

/** `checkpoint-500` of transformers, `epoch_2` of torchtune. */
const CHECKPOINT = /^(?:checkpoint|epoch|step)[-_]?\d+(?:\/|$)/;

/** What uses the model that was written to some folders, also by way of an export. */
export function usesOf(written: readonly string[], stack: Stack, all: readonly FoundUse[]): FoundUse[] {
  const folders = written.map(plainFolder).filter((it) => it !== '' && it !== '.');
  const found = new Set<FoundUse>();
  // An export is followed as its folder is added behind those that are gone through.
  for (const folder of folders) {
    for (const use of all) {
      if (use.stack !== stack || found.has(use) || !use.models.some((it) => isOf(it, folder))) continue;
      found.add(use);
      if (use.exports !== null) folders.push(use.exports);
    }
  }
  return all.filter((it) => found.has(it));
}
