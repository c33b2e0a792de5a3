import { type Fix, remove, replaceValue } from '../../src/model/fix.js';
import { ownerOf } from '../../src/model/hub.js';
import type { ModelPart } from '../../src/model/model-part.js';
import { settingOf, type TrainingRun } from '../../src/model/run.js';
import { chainOf, isTrue } from '../../src/model/setting.js';
import { type Confidence, met, type PlaceVerdict, unknown, violated } from '../../src/model/verdict.js';
import { comparesWithReference, isReleased, partOf, trlTrainer } from './methods.js';

/** A reference that the run hands in; null where it hands in none. */
export function givenReference(run: TrainingRun): PlaceVerdict | null {
  const reference = partOf(run, 'reference');
  const policy = partOf(run, 'policy');
  if (reference === null || reference.given === 'nothing') return null;
  if (policy === null) return unknown('what is trained is not known here');
  return (
    sameObject(run, policy, reference) ?? besideAdapter(run, policy, reference) ?? anotherModel(run, policy, reference)
  );
}

/** One object for both: nothing holds the policy back, since the reference learns along. */
function sameObject(run: TrainingRun, policy: ModelPart, reference: ModelPart): PlaceVerdict | null {
  const isSame = reference.variable !== null && reference.variable === policy.variable;
  // A name that stands for a text is loaded twice.
  if (!isSame || policy.given === 'name') return null;
  if (policy.given === 'unknown' && reference.given === 'unknown' && mayBeName(run)) {
    return unknown('whether policy and reference are one object is not known here');
  }
  const trainer = trlTrainer(run);
  const mayGo = comparesWithReference(run.method);
  const told = trainer !== null && isReleased(run, '0.11.0', null) ? `, which \`${trainer}\` refuses` : '';
  return violated({
    severity: 'error',
    at: reference.at,
    chain: [policy.at],
    key: 'ref_model',
    value: 'the policy itself',
    message: `\`${reference.variable}\` is both the policy and its reference${told}: they never differ, so nothing holds the policy close to where it started. ${mayGo ? 'Leave it out, and the trainer keeps a copy' : 'Hand in a copy'}.`,
    fix: mayGo ? leaveOut('Leave the reference to the trainer.', reference) : null,
  });
}

/** Up to TRL 0.28 a text could be handed in for either model. */
function mayBeName(run: TrainingRun): boolean {
  return !isReleased(run, '0.29.0', null);
}

/** By its place alone it cannot go without moving what stands behind it. */
function leaveOut(title: string, reference: ModelPart): Fix {
  const edit = reference.byPosition ? replaceValue(reference.at, null) : remove(reference.at);
  return { applicability: 'unsafe', title, edits: [edit] };
}

/** With an adapter the base is the reference. From 0.7.11 to 0.27 DPO refused to be given one as well. */
function besideAdapter(run: TrainingRun, policy: ModelPart, reference: ModelPart): PlaceVerdict | null {
  const config = settingOf(run.trainer, 'peft_config');
  const isRefused = trlTrainer(run) === 'DPOTrainer' && isReleased(run, '0.7.11', '0.28.0');
  if (!isRefused || policy.adapters !== 'used' || config.setting.state === 'absent') return null;
  const forced = [run.settings, run.trainer].some((it) => {
    const { setting } = settingOf(it, 'force_use_ref_model');
    return setting.state === 'dynamic' || isTrue(setting) || it.open !== null;
  });
  if (forced) return unknown('`force_use_ref_model` may be set');
  return violated({
    severity: 'error',
    at: reference.at,
    chain: config.stated === null ? [] : [config.stated],
    key: 'ref_model',
    value: 'beside peft_config',
    message:
      'With `peft_config` the base without its adapter is the reference, and this release of `DPOTrainer` raises an error for a `ref_model` beside it. Leave it out.',
    fix: leaveOut('Let the base be the reference.', reference),
  });
}

/** Policy and reference start as the same model, or the difference between them says nothing. */
function anotherModel(run: TrainingRun, policy: ModelPart, reference: ModelPart): PlaceVerdict {
  const [own, other] = [policy.load, reference.load];
  if (own === null || other === null || own.name.state !== 'literal' || other.name.state !== 'literal') {
    return unknown('which models policy and reference are is not known here');
  }
  const names = [own.name.value, other.name.value] as const;
  if (own.name.byDefault === true || other.name.byDefault === true)
    return unknown('the models are said on the command line');
  if (isSamePath(...names)) return judgeRevisions(policy, reference, names[0]);
  const common = {
    severity: 'warning',
    at: reference.at,
    chain: [...chainOf(other.name), policy.at],
    key: 'ref_model',
    value: names[1],
  } as const;
  return violated({
    ...common,
    confidence: confidenceIn(run, own.origin === 'hub' && other.origin === 'hub', names),
    message: `The reference is \`${names[1]}\`, and the policy starts from \`${names[0]}\`: the loss then rewards what the two already differ in. Hand in the model that training starts from${run.api.trainer === null ? '' : ', or leave it out'}.`,
  });
}

function isSamePath(a: string, b: string): boolean {
  return a.replace(/\/+$/, '') === b.replace(/\/+$/, '');
}

/** An earlier checkpoint of one's own may be meant, as in rounds of DPO against the first of them. */
function confidenceIn(run: TrainingRun, areHub: boolean, [own, other]: readonly [string, string]): Confidence {
  const isForeign = areHub && ownerOf(own) !== ownerOf(other);
  const isVariant = areHub && PUBLISHERS.test(ownerOf(own) ?? '');
  return run.method !== 'ppo' && (isForeign || isVariant) ? 'high' : 'medium';
}

/** Accounts whose models are variants of each other, not steps of one training. */
const PUBLISHERS =
  /^(?:meta-llama|mistralai|qwen|google|microsoft|tiiuae|eleutherai|huggingfacetb|deepseek-ai|openai-community|facebook|bigscience|allenai|01-ai|ibm-granite|stabilityai|nvidia)$/;

function judgeRevisions(policy: ModelPart, reference: ModelPart, name: string): PlaceVerdict {
  const [own, other] = [policy.load?.revision, reference.load?.revision];
  if (own?.state !== 'literal' || other?.state !== 'literal' || own.value === other.value) return met(reference.at);
  return violated({
    severity: 'warning',
    at: reference.at,
    chain: [...chainOf(other), ...chainOf(own)],
    key: 'ref_model(revision)',
    value: other.value,
    message: `The policy is \`${name}\` at \`${own.value}\` and the reference at \`${other.value}\`: two models, whose difference the loss takes for progress. Load both at one revision.`,
  });
}
