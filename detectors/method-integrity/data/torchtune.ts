import { settingOf, type TrainingRun } from '../../../src/model/run.js';
import { met, type PlaceVerdict, unknown, violated } from '../../../src/model/verdict.js';

/** The component of `dataset` builds pairs, or it builds something else. */
export function torchtuneData(run: TrainingRun): readonly PlaceVerdict[] {
  if (run.method !== 'dpo') return [];
  const { setting } = settingOf(run.settings, 'dataset._component_');
  if (setting.state !== 'literal') return [unknown('which data set it trains on is not known here')];
  const component = String(setting.value).split('.').at(-1) ?? '';
  if (PAIRS.has(component)) return [met(setting.at)];
  if (!OTHERS.test(component)) return [unknown(`\`${component}\` is not known here`)];
  return [
    violated({
      severity: 'error',
      at: setting.at,
      chain: setting.chain,
      key: 'dataset._component_',
      value: component,
      message: `\`${component}\` builds single answers, and the loss compares a chosen one with a rejected one. Use \`torchtune.datasets.preference_dataset\` with data that holds both.`,
    }),
  ];
}

const PAIRS: ReadonlySet<string> = new Set([
  'preference_dataset',
  'hh_rlhf_helpful_dataset',
  'stack_exchange_paired_dataset',
]);
const OTHERS =
  /^(?:alpaca|alpaca_cleaned|chat|instruct|text_completion|samsum|grammar|slimorca|cnn_dailymail_articles|wikitext)_dataset$/;
