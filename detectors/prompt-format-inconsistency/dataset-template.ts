import type { Location } from '../../src/model/location.js';
import { settingOf, type TrainingRun } from '../../src/model/run.js';
import { isLiteral } from '../../src/model/setting.js';
import type { ListedDataset } from './datasets.js';
import { marksOfTemplate, type TurnMarks } from './turn-marks.js';

/** How the rows of one data set of axolotl get their marks, by its own word or by the run's. */
export interface WrittenTemplate {
  readonly name: string;
  readonly marks: TurnMarks | null;
  readonly at: Location;
}

/**
 * axolotl-ai-cloud/axolotl, `src/axolotl/utils/chat_templates/base.py`: what a data set says stands before what the run
 * says. Types of preferences such as `chatml.intel` write their own marks, whatever template is named
 * (`src/axolotl/prompt_strategies/dpo`). Null for the tokenizer's own template, and for what is not known.
 */
export function templateOfDataset(run: TrainingRun, { type, key }: ListedDataset): WrittenTemplate | null {
  if (!isLiteral(type.setting)) return null;
  const written = String(type.setting.value);
  const own = /^(chatml|llama3|zephyr)\./.exec(written)?.[1];
  if (own !== undefined && run.method !== 'sft') return { name: written, marks: marksOf(own), at: type.setting.at };
  if (!/^chat_template(?:\.|$)/.test(written)) return null;
  return saysTemplate(run, `${key}.`) ? namedIn(run, `${key}.`) : templateOfTokenizer(run);
}

/** What the run says, which is also what the tokenizer is saved with. */
export function templateOfTokenizer(run: TrainingRun): WrittenTemplate | null {
  return namedIn(run, '');
}

/** Whether a reader of both sees other marks; not known where one of them is no template of axolotl. */
export function differs(a: WrittenTemplate, b: WrittenTemplate): boolean {
  return a.name !== b.name && a.marks !== null && b.marks !== null && a.marks !== b.marks;
}

function saysTemplate({ settings }: TrainingRun, prefix: string): boolean {
  return ['chat_template', 'chat_template_jinja'].some(
    (key) => settingOf(settings, `${prefix}${key}`).setting.state !== 'absent',
  );
}

function namedIn({ settings }: TrainingRun, prefix: string): WrittenTemplate | null {
  const { setting } = settingOf(settings, `${prefix}chat_template`);
  if (!isLiteral(setting) || setting.byDefault === true) return null;
  const name = String(setting.value);
  return { name, marks: marksOf(name), at: setting.at };
}

/** axolotl's own names, `src/axolotl/utils/chat_templates/templates`, where LLaMA-Factory has others. */
const OWN_NAMES: Readonly<Record<string, TurnMarks>> = {
  qwen_25: 'chatml',
  llama3_2_vision: 'llama3',
  mistral_v1: 'inst',
  mistral_v2v3: 'inst',
  mistral_v3_tekken: 'inst',
  mistral_v7_tekken: 'inst',
  deepseek_v3: 'deepseek3',
  phi_3: 'phi',
  phi_35: 'phi',
  phi_4: 'phi4',
};

function marksOf(name: string): TurnMarks | null {
  return OWN_NAMES[name] ?? marksOfTemplate(name);
}
