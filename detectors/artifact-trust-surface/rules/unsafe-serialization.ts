import { type Fix, remove, replaceValue } from '../../../src/model/fix.js';
import { defineRule } from '../../../src/model/rule.js';
import type { ArtifactSave, TrainingRun } from '../../../src/model/run.js';
import type { LiteralSetting } from '../../../src/model/setting.js';
import { met, overPlaces, type PlaceVerdict, unknown, violated } from '../../../src/model/verdict.js';
import { releasedSince } from '../../../src/model/versions.js';

/** Weights are written as safetensors. */
export const unsafeSerialization = defineRule({
  id: 'artifact-trust-surface/unsafe-serialization',
  title: 'Weights are saved as pickles',
  severity: 'warning',
  judge(run) {
    return overPlaces(
      run.saves.map((save) => judgeSave(save, run)),
      'the run says nothing of how weights are saved',
    );
  },
});

function judgeSave(save: ArtifactSave, run: TrainingRun): PlaceVerdict {
  const { setting } = save.safe;
  if (setting.state === 'dynamic') return unknown(`the format is computed: ${setting.expression}`);
  if (setting.state === 'absent') return judgeDefault(save, run);
  return setting.value ? met(setting.at) : pickled(save, setting, run);
}

/** The release since which a writer's default is the safe format; the others' always was. */
const SAFE_SINCE: Partial<Record<ArtifactSave['writer'], readonly [library: string, release: string]>> = {
  transformers: ['transformers', '4.35.0'],
  trainer: ['transformers', '4.35.0'],
  peft: ['peft', '0.7.0'],
  accelerate: ['accelerate', '0.25.0'],
};

function judgeDefault(save: ArtifactSave, run: TrainingRun): PlaceVerdict {
  if (save.open !== null)
    return unknown(`${save.label} takes arguments that could not be read: ${save.open.expression}`);
  const since = SAFE_SINCE[save.writer];
  if (since === undefined || releasedSince(run.versions, ...since) === 'all') return met(save.at);
  return unknown(`the default depends on the release of ${since[0]}`);
}

function pickled(save: ArtifactSave, setting: LiteralSetting<boolean>, run: TrainingRun): PlaceVerdict {
  const since5 = savesWithTransformers5(save, run);
  const fix = fixOf(save, setting);
  return violated({
    severity: since5 === 'ignored' ? 'notice' : 'warning',
    at: setting.at,
    chain: setting.chain,
    key: save.key,
    value: 'false',
    message: since5 === null ? pickleMessage(save) : TRANSFORMERS_5_MESSAGES[since5],
    fix,
    deviation: fix?.edits[0]?.kind === 'remove' ? WHY_REMOVED : null,
  });
}

/**
 * From 5.0 on, `save_pretrained` of a model swallows the argument and writes safetensors all the same, and
 * `push_to_hub` raises. An adapter is written by peft, which still obeys.
 */
function savesWithTransformers5(save: ArtifactSave, run: TrainingRun): 'ignored' | 'rejected' | null {
  if (save.writer !== 'transformers' || releasedSince(run.versions, 'transformers', '5.0.0') !== 'all') return null;
  if (save.key.startsWith('push_to_hub')) return 'rejected';
  return save.key.startsWith('save_pretrained(') && run.adapters === 'unused' ? 'ignored' : null;
}

const TRANSFORMERS_5_MESSAGES = {
  ignored:
    'Since transformers 5, `save_pretrained` writes safetensors whatever `safe_serialization` says, so the argument only misleads. Drop it.',
  rejected:
    'Since transformers 5, `push_to_hub` takes no `safe_serialization` and raises, after the training is done. Drop the argument.',
} as const;

const WHY_REMOVED =
  'The setting goes instead of turning true: safetensors is the default, and transformers 5 no longer takes the setting everywhere.';

function pickleMessage(save: ArtifactSave): string {
  const control = isCall(save) ? /\((\w+)\)$/.exec(save.key)?.[1] : undefined;
  return control === undefined
    ? `${save.label} is off, so weights are saved as pickles, which run code when they are loaded. Save safetensors.`
    : `${save.label} saves weights as pickles, which run code when they are loaded. Drop \`${control}\`: safetensors is the default.`;
}

/** The argument or key goes, which is right in every release; where the stack keeps its key, it is set for the reader. */
function fixOf(save: ArtifactSave, setting: LiteralSetting<boolean>): Fix | null {
  if (save.writer === 'axolotl' || save.writer === 'torchtune') {
    return { applicability: 'unsafe', title: 'Save safetensors.', edits: [replaceValue(setting.at, true)] };
  }
  if (save.safe.stated === null) return null;
  const title = `Drop the ${isCall(save) ? 'argument' : 'key'}; safetensors is the default.`;
  return { applicability: 'unsafe', title, edits: [remove(save.safe.stated)] };
}

function isCall(save: ArtifactSave): boolean {
  return /\.(?:py|ipynb)$/.test(save.at.path);
}
