import type { Location } from '../../src/model/location.js';
import { type OptionalControl, settingOf, type TrainingRun } from '../../src/model/run.js';
import { isLiteral, type SettingValue } from '../../src/model/setting.js';

/** One of the data sets that a file of axolotl or torchtune trains on, by how its rows become text. */
export interface ListedDataset {
  /** `type` of axolotl, the last part of `_component_` of torchtune. */
  readonly type: OptionalControl<SettingValue>;
  readonly at: Location;
  /** Key path of the entry, `datasets.0`. */
  readonly key: string;
}

/** The entries of the list of data sets; null where not all of them could be read. */
export function listedDatasets({ settings, stack }: TrainingRun): readonly ListedDataset[] | null {
  if (settings.open !== null) return null;
  const { list, type: typeKey, name } = stack === 'torchtune' ? TORCHTUNE : AXOLOTL;
  const entries = [...settings.stated.keys()].flatMap((key) => list.exec(key)?.[0] ?? []);
  const inOrder = [...new Set(entries)].sort((a, b) => placeIn(a) - placeIn(b));
  return inOrder.map((key) => {
    const type = settingOf(settings, `${key}.${typeKey}`);
    const path = settingOf(settings, `${key}.${name}`);
    return { key, type, at: type.stated ?? path.stated ?? settings.at };
  });
}

const AXOLOTL = { list: /^datasets\.\d+(?=\.)/, type: 'type', name: 'path' };
/** One data set, or a list of them. */
const TORCHTUNE = { list: /^dataset(?:\.\d+)?(?=\._component_$)/, type: '_component_', name: 'source' };

function placeIn(key: string): number {
  return Number(key.split('.')[1] ?? 0);
}

/** How rows become text: with roles, with the headings of Alpaca, or as they are. */
export type Family = 'chat' | 'alpaca' | 'completion' | 'input-output';

/** The family of a type of axolotl, or of a component of torchtune; null for one of the project's own, and for what is not known. */
export function familyOf({ setting }: OptionalControl<SettingValue>): Family | null {
  if (!isLiteral(setting)) return null;
  const type = String(setting.value);
  if (type.startsWith('torchtune.')) return COMPONENTS[type.split('.').at(-1) ?? ''] ?? null;
  if (/^(?:chat_template|sharegpt|pygmalion)(?:[.:]|$)/.test(type)) return 'chat';
  if (
    /^(?:alpaca\w*|explainchoice|summarizetldr|gpteacher|reflection|context_qa\w*|creative_acr\w*|jeopardy|oasst|alpaca)(?:[.:]|$)/.test(
      type,
    )
  )
    return 'alpaca';
  if (/^completion(?:[.:]|$)/.test(type)) return 'completion';
  return /^input_output(?:[.:]|$)/.test(type) ? 'input-output' : null;
}

/**
 * pytorch/torchtune, `torchtune/datasets`: Alpaca's headings are written whatever template the tokenizer has. The others
 * write turns, some with words of their own inside them.
 */
const COMPONENTS: Readonly<Record<string, Family>> = {
  alpaca_dataset: 'alpaca',
  alpaca_cleaned_dataset: 'alpaca',
  chat_dataset: 'chat',
  slimorca_dataset: 'chat',
  text_completion_dataset: 'completion',
  cnn_dailymail_articles_dataset: 'completion',
  wikitext_dataset: 'completion',
};
