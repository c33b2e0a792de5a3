import type { MapExpression } from '../../model/expression.js';
import type { DocumentFact } from '../../model/fact.js';
import { type RepoPath, runId } from '../../model/identifiers.js';
import type { Location } from '../../model/location.js';
import type { ModelUse } from '../../model/model-use.js';
import { NO_PROMPTS } from '../../model/prompt-code.js';
import { type Gap, type Method, noSettings, type Stack, type TrainingRun } from '../../model/run.js';
import { isLiteral, type Setting } from '../../model/setting.js';
import { attempted, type OnFailure } from '../failures.js';
import { folderOf } from '../folders.js';
import { dataInSettings, generatedData } from '../generated-data.js';
import { launchContext } from '../launch/launch-context.js';
import type { Launch } from '../launch/launches.js';
import { librariesFor } from '../libraries.js';
import type { LocalNames } from '../origin.js';
import { mayHoldRuns, roleOf } from '../role.js';
import { secretsIn } from '../secrets.js';
import type { TreeView } from '../tree/tree-view.js';
import { versionsFor } from '../versions.js';
import { configParts, configRewards } from './config-parts.js';
import { namedRewards } from './named-rewards.js';
import { type BasedConfig, namesBases, withBases } from './parents.js';
import { methodInPath, type Recognition, recognise } from './recognise.js';
import { registryOf } from './registry.js';
import { ConfigSettings, interpolation } from './settings.js';
import { configLoads, configSaves } from './stack-loads.js';
import { READ_BY_SCRIPT } from './understood-keys.js';

/** Launch commands of one file that are looked at as runs. More are generated. */
const MAX_COMMANDS = 50;

/** Runs that a configuration file describes, and runs that a launch command in a file describes by its flags alone. */
export function findConfigRuns(path: RepoPath, tree: TreeView, onFailure: OnFailure): TrainingRun[] {
  return attempted(path, onFailure, () => [
    ...(tree.facts(path)?.facts ?? []).flatMap((fact) =>
      fact.kind === 'document' ? documentRun(tree, path, fact) : [],
    ),
    ...commandRuns(tree, path, onFailure),
  ]);
}

function documentRun(tree: TreeView, path: RepoPath, document: DocumentFact): TrainingRun[] {
  const found = mayHoldRuns(path, tree) ? recognisedConfig(tree, path, document) : null;
  if (found === null) return [];
  const { recognition, file, bases } = found;
  const naming = tree.launches('config', path);
  const flags = naming.map((launch) => launch.flags);
  const settings = new ConfigSettings(file, flags, bases);
  return [
    describeRun({
      tree,
      settings,
      entry: document.index === 0 ? 'config' : `config:${document.index + 1}`,
      name: path,
      at: settings.at,
      stack: stackOf(recognition.stack, naming),
      method: methodOf(recognition.method, naming),
      files: [path, ...new Set([...bases.map((base) => base.path), ...naming.flatMap(filesOf)])],
      gaps: [],
      launches: naming,
    }),
  ];
}

/** A document that starts training, with those it is based on. Null for any other. */
export function recognisedConfig(
  tree: TreeView,
  path: RepoPath,
  { root }: DocumentFact,
): (Pick<BasedConfig, 'file' | 'bases'> & { readonly recognition: Recognition }) | null {
  if (root.kind !== 'map') return null;
  if (namesBases(root)) {
    const based = withBases(tree, path, root);
    const recognition = recognise(based.whole, path);
    // A tool reads the file alone; what a script reads, it puts together.
    if (recognition !== null && isPutTogether(recognition.stack)) return { ...based, recognition };
  }
  const recognition = recognise(root, path);
  return recognition === null
    ? null
    : { recognition, file: { path, root, dereference: interpolation(root) }, bases: [] };
}

function isPutTogether(stack: Stack): boolean {
  return READ_BY_SCRIPT.has(stack) || stack === 'trl-cli';
}

function filesOf({ path, script }: Launch): RepoPath[] {
  return script === null ? [path] : [path, script];
}

/** `trl sft --model_name_or_path …`, `llamafactory-cli train --stage sft …`: the flags are the configuration. */
function commandRuns(tree: TreeView, path: RepoPath, onFailure: OnFailure): TrainingRun[] {
  if (!mayHoldRuns(path, tree)) return [];
  const complete = tree.launches('file', path).flatMap((launch) => {
    const described = launch.config === null ? describeCommand(launch) : null;
    return described === null ? [] : [{ launch, described }];
  });
  if (complete.length > MAX_COMMANDS) onFailure(path, `only the first ${MAX_COMMANDS} of its commands were judged`);
  const seen = new Map<string, number>();
  return complete.slice(0, MAX_COMMANDS).map(({ launch, described }) => {
    const label = `${launch.line.program} ${described.stack}`;
    const ordinal = (seen.get(label) ?? 0) + 1;
    seen.set(label, ordinal);
    return commandRun(tree, launch, described, ordinal === 1 ? label : `${label}:${ordinal}`);
  });
}

function commandRun(
  tree: TreeView,
  launch: Launch,
  described: { readonly stack: Stack; readonly method: Method },
  entry: string,
): TrainingRun {
  return describeRun({
    tree,
    settings: new ConfigSettings(launch.flags),
    entry,
    name: `${launch.path}: ${launch.line.program}`,
    at: launch.at,
    ...described,
    files: [launch.path, ...(launch.script === null ? [] : [launch.script])],
    gaps: gapsOf(launch),
    launches: [launch],
  });
}

function describeCommand({ line }: Launch): { stack: Stack; method: Method } | null {
  const subCommand = line.positionals[0]?.kind === 'scalar' ? String(line.positionals[0].value) : '';
  if (line.kind === 'tool' && line.program === 'trl') {
    const method = TRL_COMMANDS[subCommand];
    return method === undefined || !hasKey(line.flags, 'model_name_or_path') ? null : { stack: 'trl-cli', method };
  }
  // `stage` with `finetuning_type` occurs nowhere but in LLaMA-Factory, whatever script takes the flags.
  const recognition = recognise(line.flags, '' as RepoPath);
  return recognition?.stack === 'llama-factory' ? recognition : null;
}

const TRL_COMMANDS: Readonly<Record<string, Method>> = {
  sft: 'sft',
  dpo: 'dpo',
  grpo: 'grpo',
  rloo: 'rloo',
  kto: 'kto',
  reward: 'reward',
};

interface RunDescription {
  readonly tree: TreeView;
  readonly settings: ConfigSettings;
  readonly entry: string;
  readonly name: string;
  readonly at: Location;
  readonly stack: Stack;
  readonly method: Method;
  readonly files: readonly RepoPath[];
  readonly gaps: readonly Gap[];
  readonly launches: readonly Launch[];
}

function describeRun({ tree, settings, entry, launches, ...known }: RunDescription): TrainingRun {
  const path = settings.path;
  const outputs = ['output_dir'].map((key) => settings.setting(key)).filter((it) => isLiteral(it));
  const written = new Set(outputs.map((output) => String(output.value).replace(/\/+$/, '')));
  const local: LocalNames = { tree, folder: folderOf(path), written };
  const adapters = adaptersOf(known.stack, settings);
  const registry = registryOf(known.stack, settings, tree);
  const table = settings.table();
  const registered = registry?.datasets ?? [];
  const generated = generatedData(dataInSettings(known.stack, table, registered), folderOf(path), tree);
  const scored = namedRewards(configRewards(known.stack, settings), { stack: known.stack, path, tree });
  const besides = [...(registry === null ? [] : [registry.path]), ...generated.map(({ by }) => by), ...scored.files];
  const reached = [...new Set([...known.files, ...besides])];
  const uses = usesOfModel(known.stack, settings, tree);
  const files = [...new Set([...reached, ...uses.map(({ by }) => by)])];
  return {
    ...known,
    files,
    id: runId(path, entry),
    role: roleOf(path, numberOf(settings.setting(known.stack === 'torchtune' ? 'max_steps_per_epoch' : 'max_steps'))),
    adapters,
    parts: configParts(known.stack, settings, local, adapters),
    rewards: scored.rewards,
    columns: null,
    rowKeys: null,
    prompts: NO_PROMPTS,
    data: { training: null, evaluation: null },
    generated,
    uses,
    registered,
    api: { trainer: null, arguments: null },
    versions: versionsFor(tree, path),
    libraries: librariesFor(tree, path),
    loads: configLoads(known.stack, settings, local),
    saves: configSaves(known.stack, settings),
    reads: [],
    adapterSetups: [],
    uploads: [],
    secrets: secretsIn(tree, known.files),
    settings: table,
    trainer: noSettings(known.at),
    calls: [],
    ...launchContext(tree, launches),
    callsOpen: isReadByScript(tree, known.stack, launches) ? 'the script that reads the file is not known' : null,
    evaluatedElsewhere: tree.evaluatingFile(reached),
  };
}

/** torchtune writes checkpoints where its checkpointer says, LLaMA-Factory to `output_dir` alone. */
function usesOfModel(stack: Stack, settings: ConfigSettings, tree: TreeView): ModelUse[] {
  if (stack !== 'llama-factory' && stack !== 'torchtune') return [];
  const keys = stack === 'torchtune' ? ['output_dir', 'checkpointer.output_dir'] : ['output_dir'];
  const folders = keys.map((key) => settings.setting(key)).flatMap((it) => (isLiteral(it) ? [String(it.value)] : []));
  const uses = folders.length === 0 ? [] : tree.using(stack, [...new Set(folders)]);
  return uses.map(({ by, template }) => ({ by, template }));
}

/** A file with the keys of `trl` may be read by any script that trains, unless a command hands it to `trl`. */
function isReadByScript(tree: TreeView, stack: Stack, launches: readonly Launch[]): boolean {
  if (READ_BY_SCRIPT.has(stack)) return true;
  return stack === 'trl-cli' && !launches.some(({ line }) => line.program === 'trl') && tree.holdsTrainingScripts();
}

/** A run that `trl sft` or a script of the repository starts is named by what starts it. */
function stackOf(stack: Stack, launches: readonly Launch[]): Stack {
  if (stack !== 'trl-recipe' && stack !== 'trl-cli') return stack;
  if (launches.some(({ line }) => line.kind === 'tool' && line.program === 'trl')) return 'trl-cli';
  return launches.some(({ line }) => line.kind === 'script') ? 'trl-recipe' : stack;
}

/** The sub-command or the script's name is decisive where the keys are shared between methods. */
function methodOf(method: Method, launches: readonly Launch[]): Method {
  const started = new Set(
    launches.flatMap(({ line }) => {
      const [subCommand] = line.positionals;
      if (line.program === 'trl' && subCommand?.kind === 'scalar') return TRL_COMMANDS[String(subCommand.value)] ?? [];
      return line.kind === 'script' ? (methodInPath(line.program.split('/').at(-1) ?? '') ?? []) : [];
    }),
  );
  const [only] = started;
  return started.size === 1 && only !== undefined && (method === 'sft' || method === 'unknown' || method === 'dpo')
    ? only
    : method;
}

function adaptersOf(stack: Stack, settings: ConfigSettings): TrainingRun['adapters'] {
  switch (stack) {
    case 'axolotl':
      return presence(settings.setting('adapter'));
    case 'llama-factory': {
      const type = settings.setting('finetuning_type');
      return type.state === 'dynamic'
        ? 'unknown'
        : isLiteral(type, 'lora') || isLiteral(type, 'oft')
          ? 'used'
          : 'unused';
    }
    case 'llama-factory-v1':
      return settings.expression('peft_config') === null ? 'unused' : 'used';
    case 'torchtune':
      return settings.expression('model')?.kind === 'map' && isLora(settings.setting('model._component_'))
        ? 'used'
        : 'unused';
    default: {
      const peft = settings.setting('use_peft');
      return peft.state === 'dynamic'
        ? 'unknown'
        : isLiteral(peft, true) || isLiteral(peft, 'true')
          ? 'used'
          : 'unused';
    }
  }
}

function presence(setting: Setting): TrainingRun['adapters'] {
  if (setting.state === 'dynamic') return 'unknown';
  return setting.state === 'absent' ? 'unused' : 'used';
}

function isLora(component: Setting): boolean {
  return isLiteral(component) && /lora|dora/i.test(String(component.value));
}

function gapsOf(launch: Launch): Gap[] {
  if (launch.lost === null) return [];
  return [{ kind: launch.lost.computed ? 'computed-link' : 'missing-file', what: launch.lost.what, at: launch.at }];
}

function numberOf(setting: Setting): number | null {
  if (!isLiteral(setting)) return null;
  // A flag of a command is a text.
  const isNumber = typeof setting.value === 'number' || /^\d+$/.test(String(setting.value));
  return isNumber ? Number(setting.value) : null;
}

function hasKey(flags: MapExpression, key: string): boolean {
  return flags.entries.some((entry) => entry.key === key);
}
