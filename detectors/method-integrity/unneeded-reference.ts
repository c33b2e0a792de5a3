import { remove } from '../../src/model/fix.js';
import { settingOf, type TrainingRun } from '../../src/model/run.js';
import { type PlaceVerdict, violated } from '../../src/model/verdict.js';
import { isReleased, partOf, trlTrainer } from './methods.js';

/** Trainers of TRL that never had a parameter for a reference. */
const WITHOUT_REFERENCE = /^(?:ORPO|CPO|SFT|Reward|PRM|GRPO|GKD|GOLD|MiniLLM|Distillation)Trainer$/;

/** A reference where the method has none; null where there is no such fault. */
export function unneededReference(run: TrainingRun): PlaceVerdict | null {
  return run.stack === 'llama-factory' ? ignoredReference(run) : rejectedReference(run);
}

function rejectedReference(run: TrainingRun): PlaceVerdict | null {
  const reference = partOf(run, 'reference');
  const trainer = trlTrainer(run);
  if (reference === null || trainer === null || reference.byPosition) return null;
  const takesNone = WITHOUT_REFERENCE.test(trainer) || (trainer === 'RLOOTrainer' && isReleased(run, '0.25.0', null));
  if (!takesNone) return null;
  return violated({
    severity: 'error',
    at: reference.at,
    key: 'ref_model',
    value: trainer,
    message: `\`${trainer}\` has no parameter for a reference model, so this raises a \`TypeError\`. Leave it out: ${reasonFor(trainer)}.`,
    fix: { applicability: 'safe', title: 'Leave the reference out.', edits: [remove(reference.at)] },
  });
}

function reasonFor(trainer: string): string {
  if (trainer === 'GRPOTrainer' || trainer === 'RLOOTrainer') return 'it makes its own where `beta` is not 0';
  return /^(?:ORPO|CPO)/.test(trainer) ? 'the method compares the policy with no other model' : 'the method has none';
}

/** LLaMA-Factory reads the key and makes no reference for these losses. */
function ignoredReference(run: TrainingRun): PlaceVerdict | null {
  const control = settingOf(run.settings, 'ref_model');
  const isFree = run.method === 'orpo' || run.method === 'simpo';
  if (!isFree || control.setting.state !== 'literal' || control.stated === null) return null;
  return violated({
    severity: 'warning',
    at: control.stated,
    key: 'ref_model',
    value: String(control.setting.value),
    message: `\`pref_loss: ${run.method}\` compares the policy with no other model, so \`ref_model\` is never loaded. Drop the key, or choose a loss that has a reference, such as \`sigmoid\`.`,
    fix: { applicability: 'safe', title: 'Drop `ref_model`.', edits: [remove(control.stated)] },
  });
}
