import { addArgument, type Fix } from '../../src/model/fix.js';
import { ownerOf, pinOf } from '../../src/model/hub.js';
import type { ModelPart } from '../../src/model/model-part.js';
import { settingOf, type TrainingRun } from '../../src/model/run.js';
import { chainOf, numberIn } from '../../src/model/setting.js';
import { met, type PlaceVerdict, unknown, violated } from '../../src/model/verdict.js';
import { rangeOf } from '../../src/model/versions.js';
import { isReleased, partOf, trlTrainer } from './methods.js';

/** From which release on a trainer loads the reference anew, by the name of the policy and nothing else. */
const RELOADS_SINCE: Readonly<Record<string, string>> = {
  DPOTrainer: '0.29.0',
  KTOTrainer: '1.2.0',
  GRPOTrainer: '0.19.0',
  RLOOTrainer: '0.22.0',
};

/**
 * A reference that the trainer loads by the policy's name is another model where the policy was pinned, or is no
 * longer what that name stands for. Null where the trainer loads nothing.
 */
export function reloadedReference(run: TrainingRun): PlaceVerdict | null {
  const since = RELOADS_SINCE[trlTrainer(run) ?? ''];
  const policy = partOf(run, 'policy');
  if (since === undefined || policy === null || !isReleased(run, since, null)) return null;
  const divergence = divergenceOf(policy);
  if (divergence === null) return null;
  if (policy.adapters === 'used') return met(policy.at);
  if (policy.adapters === 'unknown') return unknown('whether an adapter is trained is not known here');
  const loads = loadsReference(run);
  if (loads.state === 'no') return loads.verdict;
  return violated(faultOf(run, policy, divergence));
}

type Divergence =
  | { readonly kind: 'revision'; readonly written: string; readonly expression: string | null }
  | { readonly kind: 'weights' };

/** How the policy differs from what its name alone stands for; null where it does not, or where that is not known. */
function divergenceOf({ given, load, weights }: ModelPart): Divergence | null {
  if (given !== 'object' || load === null || load.origin === 'local') return null;
  if (weights === 'edited') return { kind: 'weights' };
  const { revision } = load;
  if (weights !== 'as-loaded' || revision.state === 'absent' || revision.state === 'inexpressible') return null;
  if (revision.state === 'dynamic') {
    return { kind: 'revision', written: load.revisionWritten ?? revision.expression, expression: load.revisionWritten };
  }
  if (revision.byDefault === true || pinOf(revision.value) === 'moving') return null;
  return { kind: 'revision', written: revision.value, expression: load.revisionWritten };
}

/** What keeps the trainer from loading a reference by name. */
function loadsReference(
  run: TrainingRun,
): { readonly state: 'yes' } | { readonly state: 'no'; readonly verdict: PlaceVerdict } {
  const no = (verdict: PlaceVerdict) => ({ state: 'no', verdict }) as const;
  const { settings, trainer } = run;
  const reference = partOf(run, 'reference');
  if (reference !== null && reference.given !== 'nothing') return no(met(reference.at));
  if (reference === null && trainer.open !== null) return no(unknown(trainer.open));
  // These keywords load the reference too, whatever the warning about them says.
  const kept = settingOf(settings, 'model_init_kwargs', 'precompute_ref_log_probs');
  if (kept.setting.state !== 'absent') return no(met(kept.stated ?? kept.setting.at));
  if (settings.open !== null) return no(unknown(settings.open));
  return usesReference(run) ? { state: 'yes' } : no(met(settings.at));
}

/** GRPO needs a reference only where `beta` is not 0, and 0 is its default; RLOO has one by default. */
function usesReference(run: TrainingRun): boolean {
  const { setting } = settingOf(run.settings, 'beta');
  if (trlTrainer(run) === 'GRPOTrainer') return setting.state !== 'absent' && numberIn(setting) !== 0;
  return trlTrainer(run) !== 'RLOOTrainer' || numberIn(setting) !== 0;
}

function faultOf(run: TrainingRun, policy: ModelPart, divergence: Divergence): Parameters<typeof violated>[0] {
  const trainer = trlTrainer(run) ?? 'the trainer';
  const since = `Since TRL ${RELOADS_SINCE[trainer]?.replace(/\.0$/, '')}, \`${trainer}\``;
  const { at: version } = rangeOf(run.versions, 'trl');
  const revision = policy.load?.revision;
  const chain = [
    policy.load?.at ?? policy.at,
    ...(revision === undefined || revision.state === 'inexpressible' ? [] : chainOf(revision)),
    ...(version === undefined ? [] : [version]),
  ];
  const common = { severity: 'warning', at: policy.at, chain, key: 'reference' } as const;
  if (divergence.kind === 'weights') {
    return {
      ...common,
      value: 'edited weights',
      message: `${since} loads its reference anew by the policy's name, so the policy is compared with the model from before the adapter was merged in. Save the merged model and load both from there, or hand in a \`ref_model\`.`,
    };
  }
  return {
    ...common,
    value: divergence.written,
    message: `${since} loads its reference anew by name, so the policy at \`${divergence.written}\` is compared with whatever the default branch of ${nameOf(policy)} holds. Give \`model_init_kwargs\` the same revision, which loads the reference, or hand in a pinned \`ref_model\`.`,
    fix: pinFix(run, divergence),
  };
}

function nameOf({ load }: ModelPart): string {
  return load?.name.state === 'literal' && ownerOf(load.name.value) !== null
    ? `\`${load.name.value}\``
    : 'its repository';
}

/** Only preference trainers are known to take the keywords beside a model in every release that loads anew. */
function pinFix(run: TrainingRun, divergence: Extract<Divergence, { kind: 'revision' }>): Fix | null {
  const { extend } = run.settings;
  const trainer = trlTrainer(run);
  const isPreference = trainer === 'DPOTrainer' || trainer === 'KTOTrainer';
  if (!isPreference || extend?.kind !== 'call' || divergence.expression === null || run.api.arguments === null)
    return null;
  return {
    applicability: 'unsafe',
    title: 'Load the reference at the revision of the policy.',
    edits: [addArgument(extend.at, 'model_init_kwargs', `{"revision": ${divergence.expression}}`)],
  };
}
