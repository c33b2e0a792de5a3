import { type CallExpression, lastName } from '../../model/expression.js';
import { type RepoPath, runId } from '../../model/identifiers.js';
import { locate } from '../../model/location.js';
import type { ModelPart } from '../../model/model-part.js';
import type { ArtifactRead, ArtifactSave, Gap, Method, ModelLoad, RunSettings, TrainingRun } from '../../model/run.js';
import { chainOf } from '../../model/setting.js';
import { onlyDocument } from '../compose/config-tree.js';
import type { SettingSource } from '../config/settings.js';
import { attempted, type OnFailure } from '../failures.js';
import { folderOf } from '../folders.js';
import { dataInCode, generatedData } from '../generated-data.js';
import { launchContext } from '../launch/launch-context.js';
import { withLaunchedFlags } from '../launch/launched-settings.js';
import type { Launch } from '../launch/launches.js';
import { librariesFor } from '../libraries.js';
import type { LocalNames } from '../origin.js';
import { mayHoldRuns, roleOf } from '../role.js';
import { secretsIn } from '../secrets.js';
import type { TreeView } from '../tree/tree-view.js';
import { versionsFor } from '../versions.js';
import { adapterSetupsOf, readOf, saveOf, trainerSave } from './artifacts.js';
import { dataOf } from './data-sources.js';
import {
  type EffectiveConfiguration,
  effectiveConfigurations,
  isRun,
  MAX_CONFIGURATIONS,
  startingScript,
} from './effective-configurations.js';
import { Evaluator } from './evaluate.js';
import { loadOf, trainerLoads } from './loads.js';
import { modelParts } from './model-parts.js';
import type { PythonModule } from './module.js';
import { CommandLines } from './options/command-lines.js';
import { parsesClass } from './options/parsers.js';
import { packageGaps } from './packages.js';
import { PythonProgram } from './program.js';
import { promptCode } from './prompt-code.js';
import { Reach } from './reach.js';
import { rewardsOf } from './rewards.js';
import { rowKeys } from './row-keys.js';
import { argumentSettings, environmentOf, runCall, trainerSettings } from './run-settings.js';
import { argumentOf, type TrainerCall, trainerArguments, trainersIn } from './trainers.js';
import { trainingColumns } from './training-columns.js';
import { uploadOf } from './uploads.js';
import type { Context } from './values.js';

/** Trainers of one file that are looked at. More are generated, or an attempt to keep a reviewer busy. */
const MAX_TRAINERS = 50;

/** Runs that a trainer construction in a Python file starts; none where the file cannot be followed, which is told. */
export function findPythonRuns(path: RepoPath, tree: TreeView, onFailure: OnFailure): TrainingRun[] {
  return attempted(path, onFailure, () => {
    const program = new PythonProgram(tree);
    const module = mayHoldRuns(path, tree) ? program.module(path) : null;
    const trainers = module === null ? [] : trainersIn(module, program);
    if (module === null || trainers.length === 0 || isLibrary(module, tree)) return [];
    if (trainers.length > MAX_TRAINERS) onFailure(path, `only the first ${MAX_TRAINERS} of its trainers were judged`);
    const script = startingScript(trainers, module, program);
    const configurations = effectiveConfigurations(script, program);
    if (configurations.length > MAX_CONFIGURATIONS)
      onFailure(path, `only the first ${MAX_CONFIGURATIONS} of its configurations were judged`);
    return configurations.slice(0, MAX_CONFIGURATIONS).flatMap((started) => {
      const commands = new CommandLines(tree, script, started.launches);
      return named(trainers.slice(0, MAX_TRAINERS)).map(({ trainer, entry }) =>
        pythonRun({ trainer, entry, program, commands, started, isOnlyTrainer: trainers.length === 1 }),
      );
    });
  });
}

/** Code of a framework that is imported and never started is judged where it is started from. */
function isLibrary(module: PythonModule, tree: TreeView): boolean {
  if (module.isScript || tree.launches('script', module.path).length > 0) return false;
  const folder = folderOf(module.path);
  return folder !== '' && tree.hasFile(`${folder}/__init__.py`) && tree.frameworks().length > 0;
}

/** Two trainers of one class in a file are told apart by their order. */
function named(trainers: readonly TrainerCall[]): { trainer: TrainerCall; entry: string }[] {
  const seen = new Map<string, number>();
  return trainers.map((trainer) => {
    const ordinal = (seen.get(trainer.name) ?? 0) + 1;
    seen.set(trainer.name, ordinal);
    return { trainer, entry: ordinal === 1 ? trainer.name : `${trainer.name}:${ordinal}` };
  });
}

interface PythonRunParts {
  readonly trainer: TrainerCall;
  readonly entry: string;
  readonly program: PythonProgram;
  readonly commands: CommandLines;
  readonly started: EffectiveConfiguration;
  readonly isOnlyTrainer: boolean;
}

function pythonRun({ trainer, entry, program, commands, started, isOnlyTrainer }: PythonRunParts): TrainingRun {
  const { tree } = program;
  const path = trainer.context.module.path;
  // What a framework's own package does is the framework's matter, not that of the script which starts it.
  const reach = new Reach(
    program,
    trainer.context,
    tree.frameworks().filter((it) => !path.startsWith(it)),
  );
  const evaluator = new Evaluator(program, commands, reach);
  const calls = [...reach.calls()];
  const local: LocalNames = { tree, folder: folderOf(path), written: writtenFolders(calls, evaluator) };
  const loads = loadsOf(calls, trainer, evaluator, local);
  const { label, launches: own } = started;
  const launchedBy = own.flatMap(({ path: launching, script }) =>
    script === null ? [launching] : [launching, script],
  );
  const around = launchContext(tree, own);
  const gaps = gapsOf(program, reach);
  const settings = withLaunchedFlags(argumentSettings(trainer, evaluator), own, (config) =>
    isParsed(trainer, evaluator) ? argumentsFile(tree, config) : null,
  );
  const read = documentsBehind(loads, settings, own);
  const data = dataOf(trainer, evaluator);
  const generated = generatedData(dataInCode(data), folderOf(path), tree);
  const linked = [...launchedBy, ...read, ...generated.map(({ by }) => by)];
  const files = [path, ...new Set([...reach.paths, ...linked].filter((it) => it !== path).sort())];
  return {
    id: runId(path, entry, label),
    name: `${path}: ${trainer.name}${label === '' ? '' : ` with ${label}`}`,
    stack: stackOf(trainer, calls),
    method: methodOf(trainer, evaluator, loads),
    role: roleOf(path, maxSteps(trainer, evaluator)),
    adapters: adaptersOf(calls),
    parts: partsOf(trainer, calls, evaluator, local),
    rewards: rewardsOf(trainer, evaluator),
    columns: trainingColumns(trainer, evaluator),
    rowKeys: rowKeys(calls, evaluator),
    prompts: promptCode(trainer, { calls, contexts: reach.contexts }, evaluator, isOnlyTrainer),
    data,
    generated,
    uses: [],
    registered: [],
    api: apiOf(trainer, evaluator),
    at: locate(path, trainer.call.place),
    files,
    gaps,
    versions: versionsFor(tree, path),
    libraries: librariesFor(tree, path),
    loads,
    saves: [trainerSave(trainer, evaluator), ...savesOf(calls, evaluator)],
    reads: readsOf(calls, evaluator),
    adapterSetups: adapterSetupsOf(calls, evaluator),
    uploads: calls.flatMap(({ call, context }) => uploadOf(call, context, evaluator) ?? []),
    secrets: secretsIn(tree, files),
    settings,
    trainer: trainerSettings(trainer, evaluator),
    calls: calls.flatMap(({ call, context }) => runCall(call, context, evaluator) ?? []),
    commands: around.commands,
    environment: new Map([...environmentOf(reach.contexts, evaluator), ...around.environment]),
    callsOpen: gaps.length === 0 ? null : `${gaps[0]?.what} could not be read`,
    evaluatedElsewhere: tree.evaluatingFile(files),
  };
}

/** Whether a parser makes the trainer's arguments of the command line, and of a file that it names. */
function isParsed(trainer: TrainerCall, evaluator: Evaluator): boolean {
  const given = argumentOf(trainer, evaluator);
  const value = given === null ? null : evaluator.evaluate(given, trainer.context);
  return value?.kind === 'call' && parsesClass(evaluator, value);
}

/** Null for a file that is judged as a run by itself, or that was not read whole. */
function argumentsFile(tree: TreeView, path: RepoPath): SettingSource | null {
  const facts = isRun(path, tree) ? null : tree.facts(path);
  const root = facts?.partial === null ? onlyDocument(facts)?.root : undefined;
  return root?.kind === 'map' ? { path, root, dereference: () => null } : null;
}

/** Configurations that the run takes values from. */
function documentsBehind(loads: readonly ModelLoad[], settings: RunSettings, launches: readonly Launch[]): RepoPath[] {
  const stated = [...settings.stated.values()].map((control) => control.setting);
  const named = loads.flatMap(({ name, revision }) => (revision.state === 'inexpressible' ? [name] : [name, revision]));
  const places = [...stated, ...named].flatMap((setting) => chainOf(setting));
  const paths = new Set([settings.at, ...places].map((place) => place.path));
  const documents = [...paths].filter((it) => /\.(?:ya?ml|jsonc?)$/.test(it));
  return [...documents, ...launches.flatMap(({ config }) => (config === null ? [] : [config]))];
}

type Calls = readonly { readonly call: CallExpression; readonly context: Context }[];

function loadsOf(calls: Calls, trainer: TrainerCall, evaluator: Evaluator, local: LocalNames): ModelLoad[] {
  const loads = calls.flatMap(({ call, context }) => loadOf(call, context, evaluator, local) ?? []);
  return [...trainerLoads(trainer, evaluator, local), ...loads];
}

function savesOf(calls: Calls, evaluator: Evaluator): ArtifactSave[] {
  return calls.flatMap(({ call, context }) => saveOf(call, context, evaluator) ?? []);
}

function readsOf(calls: Calls, evaluator: Evaluator): ArtifactRead[] {
  return calls.flatMap(({ call, context }) => readOf(call, context, evaluator) ?? []);
}

/** What puts an adapter on a model may do so where it is not followed to the policy. */
function partsOf(trainer: TrainerCall, calls: Calls, evaluator: Evaluator, local: LocalNames): ModelPart[] {
  const parts = modelParts(trainer, evaluator, local);
  const adapts = calls.some(({ call }) =>
    /(?:^|\.)(?:get_peft_model|add_adapter|load_adapter|inject_adapter_in_model)$/.test(call.callee),
  );
  if (!adapts) return parts;
  return parts.map((it) => (it.adapters === 'unused' && it.given !== 'nothing' ? { ...it, adapters: 'unknown' } : it));
}

/** Literal folders that the run writes to: loading from one of them is loading its own output. */
function writtenFolders(calls: Calls, evaluator: Evaluator): ReadonlySet<string> {
  const written = new Set<string>();
  for (const { call, context } of calls) {
    const name = lastName(call.callee);
    const target = /Config$|Arguments$/.test(name)
      ? evaluator.control(call, ['output_dir'], context)
      : /^save_(?:pretrained|model|pretrained_merged)$/.test(name)
        ? evaluator.control(call, ['save_directory', 'output_dir'], context, 0)
        : null;
    if (target?.value?.kind === 'scalar') written.add(String(target.value.value).replace(/\/+$/, ''));
  }
  return written;
}

/** Unsloth patches the trainers of TRL, so that its presence says more than the class. */
function stackOf(trainer: TrainerCall, calls: Calls): TrainingRun['stack'] {
  return calls.some(({ call }) => /^Fast\w*Model\.from_pretrained$/.test(call.callee)) ? 'unsloth' : trainer.stack;
}

/** The classes outside the tree that the trainer and its arguments are made of. */
function apiOf(trainer: TrainerCall, evaluator: Evaluator): TrainingRun['api'] {
  const args = trainerArguments(trainer, evaluator);
  const nameOf = (callee: string, { module, scope }: Context): string | null => {
    const symbol = evaluator.program.symbol(module, scope, callee);
    return symbol?.kind === 'external' ? symbol.name : null;
  };
  return {
    trainer: nameOf(trainer.call.callee, trainer.context),
    arguments: args === null ? null : nameOf(args.call.callee, args.context),
  };
}

const LOSSES: Readonly<Record<string, Method>> = { ipo: 'ipo', simpo: 'simpo', orpo: 'orpo' };

function methodOf(trainer: TrainerCall, evaluator: Evaluator, loads: readonly ModelLoad[]): Method {
  const args = trainerArguments(trainer, evaluator);
  const loss = args === null ? null : evaluator.control(args.call, ['loss_type'], args.context).value;
  if ((trainer.method === 'dpo' || trainer.method === 'cpo') && loss?.kind === 'scalar') {
    return LOSSES[String(loss.value)] ?? trainer.method;
  }
  if (trainer.method !== null) return trainer.method;
  const tunes = loads.some(
    (load) => load.what === 'model' && /CausalLM|Seq2SeqLM|ConditionalGeneration|Fast\w*Model/.test(load.key),
  );
  return tunes ? 'sft' : 'unknown';
}

function maxSteps(trainer: TrainerCall, evaluator: Evaluator): number | null {
  const args = trainerArguments(trainer, evaluator);
  const steps = args === null ? null : evaluator.control(args.call, ['max_steps'], args.context).value;
  return steps?.kind === 'scalar' && typeof steps.value === 'number' ? steps.value : null;
}

function adaptersOf(calls: Calls): TrainingRun['adapters'] {
  return calls.some(({ call }) =>
    /(?:^|\.)(?:get_peft_model|get_peft_config|LoraConfig|IA3Config|prepare_model_for_kbit_training)$/.test(
      call.callee,
    ),
  )
    ? 'used'
    : 'unused';
}

function gapsOf(program: PythonProgram, reach: Reach): Gap[] {
  return reach.paths.flatMap((path) => {
    const module = program.module(path);
    return module === null ? [] : program.tree.shared(packageGaps, module);
  });
}
