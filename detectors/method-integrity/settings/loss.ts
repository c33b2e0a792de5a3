import { addArgument, type Fix, remove, replaceValue } from '../../../src/model/fix.js';
import { type OptionalControl, settingOf, type TrainingRun } from '../../../src/model/run.js';
import { chainOf, isLiteral, type LiteralSetting, numberIn, type SettingValue } from '../../../src/model/setting.js';
import { type FaultInput, missing, type PlaceVerdict, violated } from '../../../src/model/verdict.js';
import { isReleased, trlArguments, trlTrainer } from '../methods.js';

/** What is wrong with the loss and the numbers in it. */
export function lossSettings(run: TrainingRun): readonly PlaceVerdict[] {
  const checks = [strength, batchOfOne, unknownLoss, smoothing, simpoMargin, simpoWithoutLoss];
  return checks.flatMap((check) => check(run) ?? []);
}

/** A value that stands in the settings or, up to TRL 0.12, among the trainer's own arguments. */
export function statedIn(run: TrainingRun, ...names: readonly string[]): LiteralSetting | null {
  for (const table of [run.settings, run.trainer]) {
    const { setting } = settingOf(table, ...names);
    if (isLiteral(setting) && setting.byDefault !== true) return setting;
  }
  return null;
}

type Wrong = Pick<FaultInput, 'severity' | 'message'> & Partial<Pick<FaultInput, 'fix' | 'confidence'>>;

export function wrong(key: string, setting: LiteralSetting, told: Wrong): PlaceVerdict {
  return violated({ at: setting.at, chain: chainOf(setting), key, value: String(setting.value), ...told });
}

const STRENGTHS: Readonly<Record<string, readonly string[]>> = {
  axolotl: ['rl_beta', 'dpo_beta', 'orpo_alpha', 'trl.beta'],
  'llama-factory': ['pref_beta', 'dpo_beta'],
  torchtune: ['loss.beta'],
};
const HAVE_STRENGTH = /^(?:dpo|ipo|kto|orpo|simpo|cpo)$/;

/** `beta` scales all that the loss learns from; at 0 it is the same whatever the model does. */
function strength(run: TrainingRun): PlaceVerdict | null {
  if (!HAVE_STRENGTH.test(run.method)) return null;
  const setting = statedIn(run, ...(STRENGTHS[run.stack] ?? ['beta']));
  const beta = setting === null ? null : numberIn(setting);
  if (setting === null || beta === null || beta > 0) return null;
  const name = run.method === 'orpo' ? 'the preference counts for nothing' : 'the loss does not depend on the model';
  return wrong('beta', setting, {
    severity: 'error',
    message:
      beta === 0
        ? `With a \`beta\` of 0 ${name}, so no preference is learned. Give it a value above 0; 0.1 is the usual one.`
        : `A \`beta\` of ${beta} turns the preference around: the rejected answer is learned. Give it a value above 0; 0.1 is the usual one.`,
  });
}

/** KTO estimates its KL term from the other rows of a batch. */
function batchOfOne(run: TrainingRun): PlaceVerdict | null {
  if (run.method !== 'kto') return null;
  const isTrl = trlTrainer(run) === 'KTOTrainer' ? isReleased(run, '0.12.0', null) : run.stack === 'trl-cli';
  if (!isTrl && run.stack !== 'axolotl') return null;
  const key = run.stack === 'axolotl' ? 'micro_batch_size' : 'per_device_train_batch_size';
  const setting = statedIn(run, key);
  if (setting === null || numberIn(setting) !== 1) return null;
  const loss = settingOf(run.settings, 'loss_type').setting;
  if (loss.state === 'dynamic' || isLiteral(loss, 'apo_zero_unpaired')) return null;
  return wrong(key, setting, {
    severity: 'error',
    message: `KTO compares each answer with the others of its batch, and \`${key}: 1\` leaves none, which the trainer refuses. Set it to 2 or more.`,
    fix: { applicability: 'unsafe', title: 'Take two rows at a time.', edits: [replaceValue(setting.at, 2)] },
  });
}

interface Loss {
  readonly since: string | null;
  readonly until: string | null;
  readonly instead?: string;
  /** For names of other methods, which `DPOTrainer` never took. */
  readonly never?: true;
}

/** Losses of `DPOTrainer` by release; those from before 0.8 and still there have no bounds. */
const DPO_LOSSES: Readonly<Record<string, Loss>> = {
  sigmoid: { since: null, until: null },
  hinge: { since: null, until: null },
  ipo: { since: null, until: null },
  kto_pair: { since: null, until: '0.9.6', instead: '`KTOTrainer`' },
  nca_pair: { since: '0.9.3', until: null },
  robust: { since: '0.9.3', until: null },
  bco_pair: { since: '0.9.3', until: null },
  sppo_hard: { since: '0.9.3', until: null },
  exo_pair: { since: '0.9.6', until: null },
  aot: { since: '0.9.6', until: null },
  aot_pair: { since: '0.9.6', until: '0.28.0', instead: '`aot_unpaired` or `aot`' },
  aot_unpaired: { since: '0.28.0', until: null, instead: '`aot_pair`' },
  apo_zero: { since: '0.10.1', until: null },
  apo_down: { since: '0.10.1', until: null },
  discopop: { since: '0.13.0', until: null },
  sft: { since: '0.20.0', until: null },
  sigmoid_norm: { since: '1.4.0', until: null },
  simpo: { since: null, until: null, never: true, instead: '`CPOTrainer` with `loss_type="simpo"`' },
  orpo: { since: null, until: null, never: true, instead: '`ORPOTrainer`' },
  cpo: { since: null, until: null, never: true, instead: '`CPOTrainer`' },
  kto: { since: null, until: null, never: true, instead: '`KTOTrainer`' },
};

function unknownLoss(run: TrainingRun): PlaceVerdict | null {
  if (trlTrainer(run) !== 'DPOTrainer') return null;
  const setting = statedIn(run, 'loss_type');
  if (setting === null) return null;
  const names = [setting.value].flat().map(String);
  const lacking = names.find((name) => isLacking(run, DPO_LOSSES[name]));
  if (lacking === undefined) return null;
  const { instead } = DPO_LOSSES[lacking] ?? {};
  const order = instead === undefined ? 'Name one of its own losses' : `Use ${instead}`;
  return wrong('loss_type', setting, {
    severity: 'error',
    message: `\`DPOTrainer\` has no loss \`${lacking}\`${DPO_LOSSES[lacking]?.never === true ? '' : ' in the release of TRL that this repository asks for'}, and raises an error. ${order}.`,
    confidence: DPO_LOSSES[lacking] === undefined ? 'medium' : 'high',
  });
}

/** A name from after the last release that is known here may be new. */
function isLacking(run: TrainingRun, loss: Loss | undefined): boolean {
  if (loss === undefined) return isReleased(run, null, '1.9.1');
  if (loss.never === true) return true;
  const isGone = loss.until !== null && isReleased(run, loss.until, null);
  return isGone || (loss.since !== null && isReleased(run, null, loss.since));
}

const UNSMOOTHED = /^(?:hinge|ipo|bco_pair|sppo_hard|nca_pair|apo_zero|apo_down)$/;

/** Label smoothing beside a loss that does not know it. */
function smoothing(run: TrainingRun): PlaceVerdict | null {
  const isFactory = run.stack === 'llama-factory';
  const setting = statedIn(run, isFactory ? 'dpo_label_smoothing' : 'label_smoothing');
  const loss = statedIn(run, isFactory ? 'pref_loss' : 'loss_type');
  if (setting === null || loss === null || !((numberIn(setting) ?? 0) > 0)) return null;
  const name = String(loss.value);
  if (isFactory && name !== 'sigmoid') {
    return wrong('dpo_label_smoothing', setting, {
      severity: 'error',
      message: `\`dpo_label_smoothing\` goes with \`pref_loss: sigmoid\` alone, and LLaMA-Factory refuses it beside \`${name}\`. Drop it, or change the loss.`,
      ...fixByRemoval(run, 'dpo_label_smoothing'),
    });
  }
  const trainer = trlTrainer(run);
  if ((trainer !== 'DPOTrainer' && trainer !== 'CPOTrainer') || !UNSMOOTHED.test(name)) return null;
  return wrong('label_smoothing', setting, {
    severity: 'notice',
    message: `The loss \`${name}\` knows no label smoothing, so \`label_smoothing\` changes nothing. Drop it, or choose a loss that does, such as \`robust\`.`,
    ...fixByRemoval(run, 'label_smoothing'),
  });
}

function fixByRemoval({ settings }: TrainingRun, key: string): { readonly fix: Fix | null } {
  const control: OptionalControl<SettingValue> = settingOf(settings, key);
  if (control.stated === null) return { fix: null };
  return {
    fix: { applicability: 'safe', title: `Drop \`${key}\`.`, edits: [remove(control.stated)] },
  };
}

/** SimPO as its authors have it learns from the margin alone; TRL adds the loss of the chosen answer by default. */
function simpoMargin(run: TrainingRun): PlaceVerdict | null {
  const isTrl = run.method === 'simpo' && trlArguments(run) === 'CPOConfig';
  const isAxolotl = run.method === 'simpo' && run.stack === 'axolotl';
  const { settings } = run;
  if ((!isTrl && !isAxolotl) || settings.open !== null) return null;
  const { setting, nothing } = settingOf(settings, 'cpo_alpha');
  if (setting.state !== 'absent' || nothing !== undefined || settings.extend === null) return null;
  const isCall = settings.extend.kind === 'call';
  const after = settings.stated.get('simpo_gamma')?.stated ?? settings.extend.at;
  return missing({
    severity: 'notice',
    at: settings.stated.get('loss_type')?.stated ?? settings.stated.get('rl')?.stated ?? settings.at,
    key: 'cpo_alpha',
    message:
      '`cpo_alpha` is 1 by default, so this trains CPO-SimPO, which adds the loss of the chosen answer to that of SimPO. Set `cpo_alpha` to 0 for SimPO itself, or to 1 to say that the mixture is meant.',
    fix: {
      applicability: 'unsafe',
      title: 'Train on the loss of SimPO alone.',
      edits: isCall
        ? [addArgument(settings.extend.at, 'cpo_alpha', '0.0')]
        : [{ kind: 'add-key', after, key: 'cpo_alpha', value: 0 }],
    },
  });
}

/** The margin of SimPO where another loss is trained. */
function simpoWithoutLoss(run: TrainingRun): PlaceVerdict | null {
  const isFactory = run.stack === 'llama-factory' && run.method !== 'kto' && run.method !== 'ppo';
  const isTrl = trlArguments(run) === 'CPOConfig';
  const setting = statedIn(run, 'simpo_gamma');
  if (setting === null || (!isFactory && !isTrl) || run.settings.open !== null) return null;
  const key = isFactory ? 'pref_loss' : 'loss_type';
  const loss = settingOf(run.settings, key);
  if (loss.setting.state === 'dynamic') return null;
  const named = loss.setting.state === 'literal' ? String(loss.setting.value) : null;
  const name = named ?? 'sigmoid';
  if (name === 'simpo') return null;
  return wrong('simpo_gamma', setting, {
    severity: 'warning',
    message: `\`simpo_gamma\` belongs to SimPO, and the loss is \`${name}\`${named === null ? ', the default' : ''}, so it changes nothing. Set \`${key}\` to \`simpo\`, or drop it.`,
  });
}
