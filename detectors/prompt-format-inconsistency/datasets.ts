import type { Location } from '../../src/model/location.js';
import { type OptionalControl, settingOf, type TrainingRun } from '../../src/model/run.js';
import { isLiteral, type SettingValue } from '../../src/model/setting.js';

/** One of the data sets that a file of axolotl trains on, by how its rows become text. */
export interface ListedDataset {
  readonly type: OptionalControl<SettingValue>;
  readonly at: Location;
  /** Key path of the entry, `datasets.0`. */
  readonly key: string;
}

/** The entries of `datasets`; null where not all of them could be read. */
export function listedDatasets({ settings }: TrainingRun): readonly ListedDataset[] | null {
  if (settings.open !== null) return null;
  const keys = new Set([...settings.stated.keys()].flatMap((key) => /^datasets\.\d+(?=\.)/.exec(key)?.[0] ?? []));
  const inOrder = [...keys].sort((a, b) => Number(a.slice('datasets.'.length)) - Number(b.slice('datasets.'.length)));
  return inOrder.map((key) => {
    const type = settingOf(settings, `${key}.type`);
    const path = settingOf(settings, `${key}.path`);
    return { key, type, at: type.stated ?? path.stated ?? settings.at };
  });
}

/** How rows become text: with roles, with the headings of Alpaca, or as they are. */
export type Family = 'chat' | 'alpaca' | 'completion' | 'input-output';

/** The family of an axolotl `type`; null for one of the project's own, and for what is not known. */
export function familyOf({ setting }: OptionalControl<SettingValue>): Family | null {
  if (!isLiteral(setting)) return null;
  const type = String(setting.value);
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
