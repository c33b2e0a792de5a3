import type { Location } from '../../src/model/location.js';
import { settingOf, type TrainingRun } from '../../src/model/run.js';
import { chainOf, isLiteral, isTrue } from '../../src/model/setting.js';
import { bestCheckpointOf, stopsEarly } from '../checkpoint-management/best-checkpoint.js';

/** The metric that a run names for its best checkpoint. */
export type NamedMetric =
  | {
      readonly state: 'named';
      readonly name: string;
      readonly at: Location;
      readonly chain: readonly Location[];
      readonly stated: Location | null;
    }
  | { readonly state: 'absent' }
  | { readonly state: 'unknown'; readonly reason: string };

export function metricOf({ settings }: TrainingRun): NamedMetric {
  const { setting, stated } = settingOf(settings, 'metric_for_best_model');
  if (setting.state === 'absent') return { state: 'absent' };
  if (setting.state === 'dynamic' || setting.byDefault === true || typeof setting.value !== 'string')
    return { state: 'unknown', reason: 'which metric chooses is known only when the code runs' };
  return { state: 'named', name: setting.value, at: setting.at, chain: chainOf(setting), stated };
}

/** Whether something of the run asks which checkpoint is better; null where that is not known. */
export function choosesByMetric(run: TrainingRun): boolean | null {
  const best = bestCheckpointOf(run);
  if (best.state === 'kept' || stopsEarly(run) !== null) return true;
  if (lowersRateOnPlateau(run)) return true;
  return best.state === 'unknown' || run.callsOpen !== null || mayHaveCallbacks(run) ? null : false;
}

/** A schedule of the learning rate that waits for the metric to stand still. */
function lowersRateOnPlateau({ settings }: TrainingRun): boolean {
  const { setting } = settingOf(settings, 'lr_scheduler_type', 'lr_scheduler');
  return setting.state !== 'absent' && /plateau/i.test(String(isLiteral(setting) ? setting.value : setting.expression));
}

/** Callbacks that were not read may stop the run by the metric. */
function mayHaveCallbacks({ trainer, calls }: TrainingRun): boolean {
  const { setting } = settingOf(trainer, 'callbacks');
  return setting.state !== 'absent' || calls.some(({ name }) => name === '.add_callback');
}

/** `greater_is_better`: what is written, else what transformers makes of the metric's name. */
export function greaterIsBetter(
  run: TrainingRun,
  metric: string,
): { readonly value: boolean; readonly at: Location | null; readonly chain: readonly Location[] } | null {
  const { setting } = settingOf(run.settings, 'greater_is_better');
  if (setting.state === 'dynamic') return null;
  if (setting.state === 'absent') {
    return run.settings.open === null ? { value: !metric.endsWith('loss'), at: null, chain: [] } : null;
  }
  if (setting.byDefault === true) return null;
  const { at } = setting;
  return { value: isTrue(setting), at, chain: chainOf(setting) };
}

/** Which way is better, for names whose meaning is not in doubt; null for any other. */
export function betterIs(metric: string): 'less' | 'more' | null {
  const name = metric.replace(/^eval_/, '').toLowerCase();
  if (LESS.test(name)) return 'less';
  return MORE.test(name) ? 'more' : null;
}

const LESS =
  /(?:^|_)(?:loss|perplexity|ppl|wer|cer|mer|ter|mse|rmse|mae|nll|bpb|bits_per_byte|word_perplexity|error|error_rate)$/;
const MORE =
  /(?:^|_)(?:accuracy|acc|f1|precision|recall|bleu|sacrebleu|chrf|meteor|rouge(?:1|2|l|lsum|_1|_2|_l)|auc|roc_auc|mcc|exact_match|em|win_rate|pass_at_\d+)$/;
