import { addArgument, type Fix } from '../../../src/model/fix.js';
import { defineRule } from '../../../src/model/rule.js';
import { type AdapterSetup, type OptionalControl, settingOf, type TrainingRun } from '../../../src/model/run.js';
import { chainOf, isTrue, type SettingValue } from '../../../src/model/setting.js';
import { settingsFix } from '../../../src/model/settings-fix.js';
import {
  met,
  missing,
  notApplicable,
  overPlaces,
  type PlaceVerdict,
  unknown,
  violated,
} from '../../../src/model/verdict.js';
import { rangeOf, releasedSince } from '../../../src/model/versions.js';

/** An adapter says which layers it changes. */
export const defaultTargets = defineRule({
  id: 'adapter-isolation/default-targets',
  title: 'Which layers the adapter changes is left to the library',
  severity: 'notice',
  judge: (run) =>
    overPlaces(
      [...run.adapterSetups.map((setup) => judgeSetup(setup, run)), ...judgeFile(run)],
      'the run trains no adapter, or its stack has targets of its own',
    ),
});

function judgeSetup(setup: AdapterSetup, run: TrainingRun): PlaceVerdict {
  const { targetModules, open } = setup;
  if (targetModules === null) return notApplicable('this kind of adapter changes no layers');
  const { setting } = targetModules;
  if (setting.state === 'dynamic') return met(setting.at);
  if (setting.state === 'literal') return judgeTargets(setting, run, 'target_modules');
  if (open !== null) return unknown(`${setup.label} takes arguments that could not be read`);
  return missing({
    severity: 'notice',
    at: setup.at,
    key: 'target_modules',
    message: `${setup.label} leaves \`target_modules\` to a table in PEFT, which differs from architecture to architecture and from release to release. Name the layers, or \`"all-linear"\`.`,
    fix: allLinearFix(setup, run),
  });
}

/** `"all-linear"` is a word of PEFT since 0.8; a list that holds it looks for a layer of that name. */
function judgeTargets(
  setting: Extract<OptionalControl<SettingValue>['setting'], { state: 'literal' }>,
  run: TrainingRun,
  key: string,
): PlaceVerdict {
  const { value, at } = setting;
  const isList = Array.isArray(value) && value.length === 1 && /^all-linear$/i.test(String(value[0]));
  if (!isList || TAKES_A_LIST.has(run.stack)) return met(at);
  return violated({
    severity: run.role === 'recipe' ? 'warning' : 'notice',
    at,
    chain: chainOf(setting),
    key,
    value: 'all-linear',
    message:
      '`["all-linear"]` looks for a layer of that name, and there is none: only the bare string means all linear layers. Drop the brackets.',
  });
}

/** Arguments that are lists on the command line, of which TRL takes a single item for the item itself. */
const TAKES_A_LIST: ReadonlySet<TrainingRun['stack']> = new Set([
  'trl-cli',
  'trl-recipe',
  'hf-trainer',
  'open-instruct',
]);

function allLinearFix({ argumentsAt }: AdapterSetup, { versions }: TrainingRun): Fix | null {
  if (argumentsAt === null || releasedSince(versions, 'peft', '0.8.0') !== 'all') return null;
  return {
    applicability: 'unsafe',
    title: 'Put the adapter on all linear layers.',
    edits: [addArgument(argumentsAt, 'target_modules', '"all-linear"')],
  };
}

/** Where a file says that it trains an adapter, and on what. */
function judgeFile(run: TrainingRun): PlaceVerdict[] {
  if (run.adapters !== 'used' || run.settings.extend?.kind !== 'key') return [];
  switch (run.stack) {
    case 'axolotl':
      return [judgeAxolotl(run)];
    case 'trl-cli':
    case 'trl-recipe':
      return [judgeTrl(run)];
    case 'llama-factory':
      return [judgeLlamaFactory(run)];
    case 'torchtune':
      return [judgeTorchtune(run)];
    default:
      return [];
  }
}

function judgeAxolotl(run: TrainingRun): PlaceVerdict {
  const { settings } = run;
  const linear = settingOf(settings, 'lora_target_linear').setting;
  if (isTrue(linear)) return met(linear.at);
  const named = settingOf(
    settings,
    'lora_target_modules',
    'peft_layers_to_transform',
    'lora_target_parameters',
  ).setting;
  if (named.state !== 'absent') return met(named.at);
  if (linear.state === 'dynamic') return unknown('`lora_target_linear` is computed');
  const nested = [...settings.stated.keys()].find((key) => key.startsWith('lora_target_modules'));
  if (nested !== undefined) return met(settings.stated.get(nested)?.stated ?? settings.at);
  if (settings.open !== null) return unknown(settings.open);
  // What is merged or trained on comes with its own targets.
  if (settingOf(settings, 'lora_model_dir').setting.state !== 'absent')
    return notApplicable('the adapter goes on from another, which names its layers');
  return missing({
    severity: 'notice',
    at: settings.stated.get('adapter')?.stated ?? settings.at,
    key: 'lora_target_modules',
    message:
      'Neither `lora_target_modules` nor `lora_target_linear` says which layers the adapter changes. Set one of them.',
    fix: besideAdapter(run, 'lora_target_linear', true, 'Put the adapter on all linear layers.'),
  });
}

function judgeTrl(run: TrainingRun): PlaceVerdict {
  const { settings, versions } = run;
  const { setting } = settingOf(settings, 'lora_target_modules');
  if (setting.state === 'literal') return judgeTargets(setting, run, 'lora_target_modules');
  if (setting.state === 'dynamic') return met(setting.at);
  if (settings.open !== null) return unknown(settings.open);
  // PEFT reads the word since 0.8, which came out before TRL's files knew the key.
  const takes = rangeOf(versions, 'peft').stated ? releasedSince(versions, 'peft', '0.8.0') === 'all' : true;
  return missing({
    severity: 'notice',
    at: settings.stated.get('use_peft')?.stated ?? settings.at,
    key: 'lora_target_modules',
    message:
      '`use_peft` without `lora_target_modules` leaves the layers to a table in PEFT, which differs from architecture to architecture. Name them, or `all-linear`.',
    fix: takes
      ? besideKey(run, 'use_peft', 'lora_target_modules', 'all-linear', 'Put the adapter on all linear layers.')
      : null,
  });
}

/** All linear layers by default. */
function judgeLlamaFactory({ settings }: TrainingRun): PlaceVerdict {
  const { setting } = settingOf(settings, 'lora_target', 'oft_target');
  if (setting.state !== 'absent') return met(setting.at);
  return settings.open === null ? met(settings.at) : unknown(settings.open);
}

function judgeTorchtune({ settings }: TrainingRun): PlaceVerdict {
  const { setting } = settingOf(settings, 'model.lora_attn_modules');
  if (setting.state !== 'absent') return met(setting.at);
  // Its builders take the layers as their first argument, without a default.
  return unknown('which layers the adapter changes is said elsewhere');
}

function besideAdapter(run: TrainingRun, key: string, value: boolean, title: string): Fix | null {
  return besideKey(run, 'adapter', key, value, title);
}

function besideKey(
  { settings }: TrainingRun,
  beside: string,
  key: string,
  value: string | boolean,
  title: string,
): Fix | null {
  const after = settings.stated.get(beside)?.stated ?? null;
  // A key that is there already, empty or switched off, is set where it stands.
  if (settings.stated.has(key) || after === null) return settingsFix(settings, [[key, value]], title);
  return { applicability: 'unsafe', title, edits: [{ kind: 'add-key', after, key, value }] };
}
