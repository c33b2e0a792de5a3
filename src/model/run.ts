import type { Scalar } from './expression.js';
import type { GeneratedData } from './generated-data.js';
import type { RepoPath, RunId } from './identifiers.js';
import type { Location } from './location.js';
import type { ModelPart } from './model-part.js';
import type { ModelUse } from './model-use.js';
import type { PromptCode } from './prompt-code.js';
import type { Rewards } from './rewards.js';
import type { RunData } from './run-data.js';
import type { DynamicSetting, Setting, SettingValue } from './setting.js';
import type { LibraryVersions } from './versions.js';

/** What a run trains with: a family of files that are read alike. */
export type Stack =
  | 'transformers'
  | 'trl'
  | 'peft'
  | 'unsloth'
  | 'axolotl'
  | 'llama-factory'
  | 'llama-factory-v1'
  | 'torchtune'
  | 'trl-cli'
  | 'trl-recipe'
  | 'open-instruct'
  | 'hf-trainer';

export const METHODS = [
  'sft',
  'dpo',
  'ipo',
  'kto',
  'orpo',
  'simpo',
  'cpo',
  'ppo',
  'rft',
  'grpo',
  'rloo',
  'reward',
  'distillation',
  'pretrain',
  'unknown',
] as const;
export type Method = (typeof METHODS)[number];

/**
 * What a run is for, a function of the tree alone: `example` for notebooks and example folders, `smoke` for a literal
 * `max_steps` of 100 or less, `recipe` for the rest. In the first two, what is missing is at most a notice.
 */
export type Role = 'recipe' | 'example' | 'smoke';

/**
 * One entry that trains, with all it reaches in the repository: a trainer construction, a configuration file or a
 * launch command. Rules judge runs; they see no syntax.
 */
export interface TrainingRun {
  readonly id: RunId;
  /** For people: `train.py: SFTTrainer`, `configs/lora.yml`. */
  readonly name: string;
  readonly stack: Stack;
  readonly method: Method;
  readonly role: Role;
  readonly adapters: 'used' | 'unused' | 'unknown';
  /** The trainer, the first key or the launch command. */
  readonly at: Location;
  /** Every file the run reaches, its own first, then by path. */
  readonly files: readonly RepoPath[];
  /** What the run names but could not be read. What these could supply is unknown. */
  readonly gaps: readonly Gap[];
  readonly versions: LibraryVersions;
  /** Every library that the files above the run ask for, in whatever version; names as PEP 503 says. */
  readonly libraries: ReadonlySet<string>;
  readonly loads: readonly ModelLoad[];
  /** The models that the trainer works with, as far as it is told of them; what it makes by itself is not here. */
  readonly parts: readonly ModelPart[];
  /** What scores the answers; null where the trainer or the configuration is told of no rewards. */
  readonly rewards: Rewards | null;
  /** The columns of the rows that it trains on; null where the code does not say all of them. */
  readonly columns: TrainingColumns | null;
  /** What code takes from each row, unseen; null where it takes nothing by name, or looks at the rows before. */
  readonly rowKeys: RowKeys | null;
  readonly data: RunData;
  /** How its code writes turns; nothing for runs without Python. */
  readonly prompts: PromptCode;
  /** What of its data a script of the tree has made of the answers of models. */
  readonly generated: readonly GeneratedData[];
  /** What asks, serves or exports the model that it writes, as far as files and commands of the tree say so. */
  readonly uses: readonly ModelUse[];
  /** Data sets that the run names and a registry of the tree describes. */
  readonly registered: readonly RegisteredDataset[];
  /** The classes that train, as they are imported: `trl.DPOTrainer`; null where they are the tree's own, or none. */
  readonly api: { readonly trainer: string | null; readonly arguments: string | null };
  readonly saves: readonly ArtifactSave[];
  readonly reads: readonly ArtifactRead[];
  readonly adapterSetups: readonly AdapterSetup[];
  readonly uploads: readonly Upload[];
  /** Secrets that are written out in the files of the run. */
  readonly secrets: readonly SecretPlace[];
  /** What training is told: keys of the configuration, or keywords of the trainer's arguments. */
  readonly settings: RunSettings;
  /** What the trainer itself is handed: `eval_dataset`, `compute_metrics`. Nothing for runs without Python. */
  readonly trainer: RunSettings;
  /** Calls in reach that lead out of the repository, and calls of methods. */
  readonly calls: readonly RunCall[];
  /** Commands of the scripts that launch the run, among them what comes before and after training. */
  readonly commands: readonly RunCommand[];
  /** Environment variables that the run's code or its launch scripts set. */
  readonly environment: ReadonlyMap<string, Setting>;
  /** Why a call that the run lacks may still be made; null where everything it could call was read. */
  readonly callsOpen: string | null;
  /** A file that the run does not reach and that evaluates models, the first by path; null where the tree holds none. */
  readonly evaluatedElsewhere: RepoPath | null;
}

/** Settings by the name their stack gives them, dotted where nested: `metric_logger._component_`, `datasets.0.path`. */
export interface RunSettings {
  readonly stated: ReadonlyMap<string, OptionalControl<SettingValue>>;
  /** Why a setting that is not stated may still be set; null where all that could state it was read. */
  readonly open: string | null;
  /** What lacks a setting that is missing: the first key, or the call that takes the arguments. */
  readonly at: Location;
  /** Where a setting could be added: behind this key, or in these brackets; null where no edit can. */
  readonly extend: { readonly kind: 'key' | 'call'; readonly at: Location } | null;
}

/** The columns of the rows a run trains on, as code puts them together. */
export interface TrainingColumns {
  readonly names: readonly string[];
  /** What says so: the mapping, the renaming or the literal rows that came last. */
  readonly at: Location;
}

/** Keys that rows have to have, since code takes them without asking. */
export interface RowKeys {
  readonly names: readonly string[];
}

/** A data set that a run names, and its entry in a registry of the tree: LLaMA-Factory's `dataset_info.json`. */
export interface RegisteredDataset {
  readonly name: string;
  /** The name in the registry. */
  readonly at: Location;
  readonly entry: RunSettings;
}

/** `wandb.init(mode="disabled")`. */
export interface RunCall {
  /**
   * The full name of what is imported, `wandb.init`; of any other method its name behind a dot, `.evaluate`, and so of
   * functions and classes of the repository that say in their name that they evaluate, `.run_benchmark`, take out rows,
   * `.deduplicate`, or keep a record, `.create_experiment`; `.on_log` of its callbacks that are told what is logged.
   */
  readonly name: string;
  readonly at: Location;
  /** Arguments by keyword, and by position as `0`, `1`. */
  readonly arguments: ReadonlyMap<string, Setting>;
  /** Whether arguments are spread in that could not be read. */
  readonly open: boolean;
  /** Where a keyword would be added: the brackets of the call. */
  readonly argumentsAt: Location;
  /** Set where a part of what it gives back is thrown away: `rows, _ = train_test_split(rows)`. */
  readonly dropsPart?: true;
}

/** One command of a launch script: its words, `…` for what is not known. */
export interface RunCommand {
  readonly words: readonly string[];
  readonly at: Location;
}

/** Nothing stated and nothing hidden: for runs that have no such settings. */
export function noSettings(at: Location): RunSettings {
  return { stated: new Map(), open: null, at, extend: null };
}

/** One of several spellings of a setting; the first that is stated with a value. */
export function settingOf(settings: RunSettings, ...names: readonly string[]): OptionalControl<SettingValue> {
  for (const name of names) {
    const control = settings.stated.get(name);
    if (control !== undefined && control.setting.state !== 'absent') return control;
  }
  return names.map((name) => settings.stated.get(name)).find((control) => control !== undefined) ?? NO_CONTROL;
}

/** A link that leads out of what was read. */
export interface Gap {
  readonly kind: 'unread-file' | 'missing-file' | 'unknown-package' | 'computed-link';
  /** The path, the package, or the expression as written. */
  readonly what: string;
  readonly at: Location;
}

/**
 * Something is loaded by name: `from_pretrained`, a pipeline, a hub download, a key such as `base_model`. `command` is
 * the flag of a launch command.
 */
export interface ModelLoad {
  readonly what: 'model' | 'tokenizer' | 'processor' | 'config' | 'adapter' | 'dataset' | 'files';
  readonly at: Location;
  /** Which call or key this is, without position: part of the identity of what is found here. */
  readonly key: string;
  /** How an author would call it: `AutoModelForCausalLM.from_pretrained`, `base_model`. */
  readonly label: string;
  readonly name: Setting<string>;
  /**
   * Where the name leads. `local`: a path, or what the repository itself writes or holds. `unknown`: it may be either,
   * as with a bare word or a computed name.
   */
  readonly origin: 'hub' | 'local' | 'unknown';
  /** What pins the load. `inexpressible` where the stack has no way to say it. */
  readonly revision: Setting<string> | { readonly state: 'inexpressible'; readonly reason: string };
  /** The pin as the author wrote it at this call, so that another call can repeat it; null where it is not there. */
  readonly revisionWritten: string | null;
  readonly remoteCode: OptionalControl<boolean>;
  readonly codeRevision: Setting<string>;
  /** `use_safetensors`. */
  readonly safetensors: OptionalControl<boolean>;
  /** Whether unread arguments are spread into the call, so that what seems absent may be there. */
  readonly open: DynamicSetting | null;
  /** Where a keyword would be added: the brackets of a call; null for a key or a flag. */
  readonly argumentsAt: Location | null;
}

/** A setting together with the whole argument, key or flag that states it, which an edit would take away. */
export interface OptionalControl<T extends SettingValue> {
  readonly setting: Setting<T>;
  /** The argument with its name, or the key with its value; null where it is absent or set elsewhere. */
  readonly stated: Location | null;
  /** What stands there where the setting is absent though its key is there: null, or a word such as `none`. */
  readonly nothing?: { readonly value: Scalar; readonly at: Location };
}

export const NO_CONTROL: OptionalControl<never> = { setting: { state: 'absent' }, stated: null };

/** Weights are written: a save call, a push, or a key that says in which format the trainer saves. */
export interface ArtifactSave {
  readonly at: Location;
  readonly key: string;
  readonly label: string;
  /** Who writes, which decides what an absent argument means in which version. */
  readonly writer:
    | 'transformers'
    | 'peft'
    | 'accelerate'
    | 'trainer'
    | 'torchtune'
    | 'axolotl'
    | 'llama-factory'
    | 'torch';
  /** Whether the format is a safe one, `safe_serialization` or what stands for it. */
  readonly safe: OptionalControl<boolean>;
  readonly open: DynamicSetting | null;
}

/** A file is read in a format that can run code: `torch.load`, `pickle.load` and their kin. */
export interface ArtifactRead {
  readonly at: Location;
  readonly key: string;
  readonly label: string;
  readonly reader: 'torch.load' | 'pickle' | 'joblib' | 'dill' | 'cloudpickle' | 'numpy';
  /** `weights_only` of `torch.load`, the reverse of `allow_pickle` of `numpy.load`; absent for the others. */
  readonly restricted: OptionalControl<boolean>;
  /** Where the bytes come from: a download in the same run, a file the run itself wrote, or not to be told. */
  readonly source: 'downloaded' | 'written-here' | 'unknown';
  readonly open: DynamicSetting | null;
}

/** An adapter is set up: `LoraConfig(…)`, `get_peft_model(…)`, the adapter keys of a configuration. */
export interface AdapterSetup {
  readonly at: Location;
  readonly key: string;
  readonly label: string;
  /** The revision of the base that is written into the adapter's metadata. */
  readonly baseRevision: Setting<string> | { readonly state: 'inexpressible'; readonly reason: string };
  /** Which layers it changes; null for kinds of adapters that change none, such as prompt tuning. */
  readonly targetModules: OptionalControl<SettingValue> | null;
  readonly taskType: OptionalControl<SettingValue>;
  readonly open: DynamicSetting | null;
  readonly argumentsAt: Location | null;
}

/** A model is sent to a hub: a call such as `push_to_hub`, or the switch of a trainer's arguments that does it. */
export interface Upload {
  readonly at: Location;
  /** Which call or key this is, without position. */
  readonly key: string;
  readonly label: string;
  /** The repository that it goes to. */
  readonly target: Setting;
  /** `private`, `hub_private_repo`; null where this call takes none, and the trainer's arguments say it. */
  readonly private: OptionalControl<SettingValue> | null;
  readonly open: DynamicSetting | null;
  readonly argumentsAt: Location | null;
}

/** A secret by its kind and place, never by its value. */
export interface SecretPlace {
  /** Whose token it is; null for what only its name makes a secret. */
  readonly vendor: string | null;
  readonly at: Location;
}
