import type { Location } from '../../model/location.js';
import { type ArtifactSave, type ModelLoad, NO_CONTROL, type Stack } from '../../model/run.js';
import { ABSENT, isLiteral } from '../../model/setting.js';
import { type LocalNames, originOf } from '../origin.js';
import { type ConfigSettings, flagOf, textOf } from './settings.js';
import { isOptionalKey, isUnderstood } from './understood-keys.js';

/** How one stack names what it loads. Keys were read from the stacks' own argument classes. */
interface LoadKeys {
  readonly what: ModelLoad['what'];
  /** Spellings of the key that holds the name. */
  readonly name: readonly string[];
  /** Spellings of the key that pins it; a sentence where the stack has no such key. */
  readonly revision: readonly string[] | string;
  readonly remoteCode: readonly string[];
}

const NO_REVISION_OF_ITS_OWN = 'the stack applies the revision of the model to every repository it loads';

/**
 * The first row is the base model. In axolotl and LLaMA-Factory its revision reaches the tokenizer, processor and
 * config of the same repository too, so these are no loads of their own.
 */
const LOADS: Partial<Record<Stack, readonly LoadKeys[]>> = {
  axolotl: [
    {
      what: 'model',
      name: ['base_model'],
      revision: ['revision_of_model', 'model_revision'],
      remoteCode: ['trust_remote_code'],
    },
    { what: 'tokenizer', name: ['tokenizer_config'], revision: NO_REVISION_OF_ITS_OWN, remoteCode: [] },
    { what: 'adapter', name: ['lora_model_dir'], revision: NO_REVISION_OF_ITS_OWN, remoteCode: [] },
  ],
  'llama-factory': [
    { what: 'model', name: ['model_name_or_path'], revision: ['model_revision'], remoteCode: ['trust_remote_code'] },
    { what: 'adapter', name: ['adapter_name_or_path'], revision: NO_REVISION_OF_ITS_OWN, remoteCode: [] },
  ],
  'llama-factory-v1': [
    {
      what: 'model',
      name: ['model'],
      revision: 'LLaMA-Factory v1 has no key for it',
      remoteCode: ['trust_remote_code'],
    },
  ],
  'trl-cli': trlLoads(),
  'trl-recipe': trlLoads(),
  'open-instruct': trlLoads(),
  'hf-trainer': trlLoads(),
};

function trlLoads(): readonly LoadKeys[] {
  return [
    { what: 'model', name: ['model_name_or_path'], revision: ['model_revision'], remoteCode: ['trust_remote_code'] },
    {
      what: 'tokenizer',
      name: ['tokenizer_name_or_path', 'tokenizer_name'],
      revision: NO_REVISION_OF_ITS_OWN,
      remoteCode: [],
    },
  ];
}

/** What a configuration or a launch command loads by name. */
export function configLoads(stack: Stack, settings: ConfigSettings, local: LocalNames): ModelLoad[] {
  const loads = (LOADS[stack] ?? []).flatMap((keys) => loadFrom(stack, keys, settings, local));
  const [base, ...others] = loads;
  const datasets = (DATASETS[stack] ?? []).flatMap((keys) => datasetLoads(keys, settings, local));
  if (base === undefined) return datasets;
  // A tokenizer named as the model itself is loaded with the model's revision.
  const models = [base, ...others.filter((load) => !sameName(load, base))];
  return [...models.map((load) => withoutQuantisedPin(stack, load)), ...datasets];
}

/** Where a stack's file lists data that may come from the hub, with a revision of its own. */
interface DatasetKeys {
  /** One map or a list of them. */
  readonly list: string;
  /** The key inside each that holds the name. */
  readonly name: string;
}

const DATASETS: Partial<Record<Stack, readonly DatasetKeys[]>> = {
  axolotl: ['datasets', 'test_datasets'].map((list) => ({ list, name: 'path' })),
  torchtune: ['dataset', 'dataset_val'].map((list) => ({ list, name: 'source' })),
};

function datasetLoads({ list, name: key }: DatasetKeys, settings: ConfigSettings, local: LocalNames): ModelLoad[] {
  return settings.maps(list).flatMap((item): ModelLoad[] => {
    const control = item.control(key);
    if (control.setting.state === 'absent') return [];
    const name = textOf(control.setting);
    return [
      {
        what: 'dataset',
        at: control.stated ?? control.setting.at,
        key: `${list}.${key}`,
        label: `\`${list}.${key}\``,
        name,
        origin: isLiteral(name) ? originOf(name.value, local) : 'unknown',
        revision: textOf(item.setting('revision')),
        revisionWritten: null,
        remoteCode: flagOf(item.control('trust_remote_code')),
        codeRevision: ABSENT,
        safetensors: NO_CONTROL,
        open: null,
        argumentsAt: null,
      },
    ];
  });
}

/** How a configuration says weights are written, where it can. */
export function configSaves(stack: Stack, settings: ConfigSettings): ArtifactSave[] {
  switch (stack) {
    case 'axolotl':
      return [saveFrom('axolotl', 'save_safetensors', settings)];
    case 'trl-cli':
    case 'trl-recipe':
    case 'hf-trainer':
      return [saveFrom('trainer', 'save_safetensors', settings)];
    case 'torchtune':
      return torchtuneSaves(settings);
    default:
      return [];
  }
}

function loadFrom(stack: Stack, keys: LoadKeys, settings: ConfigSettings, local: LocalNames): ModelLoad[] {
  const named = settings.firstOf(keys.name);
  if (named === null || named.control.setting.state === 'absent') return [];
  const name = textOf(named.control.setting);
  const remoteCode = settings.firstOf(keys.remoteCode);
  return [
    {
      what: keys.what,
      at: named.control.stated ?? named.control.setting.at,
      key: named.key,
      label: `\`${named.key}\``,
      name,
      origin: isLiteral(name) ? originOf(name.value, local) : 'unknown',
      revision: revisionFrom(stack, keys, settings, local),
      revisionWritten: null,
      remoteCode: remoteCode === null ? NO_CONTROL : flagOf(remoteCode.control),
      codeRevision: ABSENT,
      safetensors: NO_CONTROL,
      open: null,
      argumentsAt: null,
    },
  ];
}

function revisionFrom(
  stack: Stack,
  keys: LoadKeys,
  settings: ConfigSettings,
  local: LocalNames,
): ModelLoad['revision'] {
  if (typeof keys.revision === 'string') return { state: 'inexpressible', reason: keys.revision };
  const found = settings.firstOf(keys.revision);
  if (found !== null) return textOf(found.control.setting);
  const key = keys.revision.find(isOptionalKey);
  if (key === undefined || isUnderstood(local.tree, stack, key)) return ABSENT;
  return { state: 'inexpressible', reason: `the script that reads the file takes no \`${key}\`` };
}

/** GPTQ weights are loaded by a path of their own in axolotl, which rejects a revision. */
function withoutQuantisedPin(stack: Stack, load: ModelLoad): ModelLoad {
  if (stack !== 'axolotl' || !isLiteral(load.name) || !/gptq/i.test(load.name.value)) return load;
  return { ...load, revision: { state: 'inexpressible', reason: 'GPTQ models take no revision in axolotl' } };
}

function sameName(a: ModelLoad, b: ModelLoad): boolean {
  return isLiteral(a.name) && isLiteral(b.name) && a.name.value === b.name.value;
}

function saveFrom(writer: ArtifactSave['writer'], key: string, settings: ConfigSettings): ArtifactSave {
  const control = flagOf(settings.control(key));
  const at: Location = control.stated ?? settings.at;
  return { at, key, label: `\`${key}\``, writer, safe: control, open: null };
}

const TORCHTUNE_CHECKPOINTERS = [
  'checkpointer',
  'ref_checkpointer',
  'policy_checkpointer',
  'value_checkpointer',
  'teacher_checkpointer',
];

/** Only the checkpointer that writes Hugging Face files has the switch; on by default. */
function torchtuneSaves(settings: ConfigSettings): ArtifactSave[] {
  return TORCHTUNE_CHECKPOINTERS.flatMap((checkpointer) => {
    const component = settings.setting(`${checkpointer}._component_`);
    if (!isLiteral(component) || !String(component.value).endsWith('FullModelHFCheckpointer')) return [];
    return [saveFrom('torchtune', `${checkpointer}.safe_serialization`, settings)];
  });
}
