import type { Location } from '../../src/model/location.js';
import { type OptionalControl, settingOf, type TrainingRun } from '../../src/model/run.js';
import { chainOf, isLiteral, type SettingValue } from '../../src/model/setting.js';

/** How a run turns rows with roles into text. */
export type Template =
  | { readonly state: 'named'; readonly name: string; readonly at: Location; readonly chain: readonly Location[] }
  /** The one that the tokenizer brings, by default or because the run says so. */
  | { readonly state: 'tokenizer'; readonly at: Location }
  | { readonly state: 'unknown'; readonly reason: string };

export function templateOf(run: TrainingRun): Template {
  if (run.prompts.training.templates.length > 0) return templateGiven(run);
  const control = templateKey(run);
  const { setting } = control;
  if (setting.state === 'dynamic')
    return { state: 'unknown', reason: `the template is computed: ${setting.expression}` };
  if (setting.state === 'absent') {
    return run.settings.open === null
      ? { state: 'tokenizer', at: control.stated ?? run.settings.at }
      : { state: 'unknown', reason: run.settings.open };
  }
  if (setting.byDefault === true) return { state: 'unknown', reason: 'the template is said on the command line' };
  const name = String(setting.value);
  if (/^tokenizer_default/.test(name)) return { state: 'tokenizer', at: setting.at };
  return { state: 'named', name, at: setting.at, chain: chainOf(setting) };
}

function templateKey({ settings, stack }: TrainingRun): OptionalControl<SettingValue> {
  if (stack === 'llama-factory') return settingOf(settings, 'template');
  if (stack === 'axolotl') {
    const own = settingOf(settings, 'chat_template_jinja');
    return isLiteral(own.setting) ? own : settingOf(settings, 'chat_template');
  }
  if (stack === 'torchtune') return settingOf(settings, 'tokenizer.prompt_template');
  return settingOf(settings, 'chat_template', 'chat_template_path');
}

/** What code gives the tokenizer, where it is one template in all cases. */
function templateGiven({ prompts: { training } }: TrainingRun): Template {
  const literals = training.templates.flatMap(({ template }) => (isLiteral(template) ? [template] : []));
  const [first, ...others] = literals;
  const isOne = literals.length === training.templates.length && others.every((it) => it.value === first?.value);
  if (first === undefined || !isOne)
    return { state: 'unknown', reason: 'which template the tokenizer gets is not told' };
  return { state: 'named', name: String(first.value), at: first.at, chain: chainOf(first) };
}

/** A template may be a page of Jinja. */
export function clipped(name: string): string {
  const line = name.replaceAll(/\s+/g, ' ');
  return line.length > 40 ? `${line.slice(0, 39)}…` : line;
}
