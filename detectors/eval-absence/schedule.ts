import type { Fix } from '../../src/model/fix.js';
import type { Location } from '../../src/model/location.js';
import { type RunSettings, settingOf, type TrainingRun } from '../../src/model/run.js';
import { chainOf, isTrue, numberIn, type Setting } from '../../src/model/setting.js';
import { settingsFix } from '../../src/model/settings-fix.js';
import { rangeOf, releasedSince } from '../../src/model/versions.js';
import type { Lack } from './situation.js';

/** When transformers evaluates. `off` is written out, `absent` is its default, which evaluates nothing either. */
export type Schedule =
  | { readonly state: 'on'; readonly at: Location }
  | {
      readonly state: 'off';
      readonly at: Location;
      readonly chain: readonly Location[];
      readonly name: string;
      readonly written: string;
    }
  | { readonly state: 'absent' }
  | { readonly state: 'unknown'; readonly reason: string };

/** Reads `eval_strategy`, under both of its names, and `eval_on_start`. */
export function scheduleOf(settings: RunSettings): Schedule {
  const onStart = settingOf(settings, 'eval_on_start').setting;
  if (isTrue(onStart)) return { state: 'on', at: onStart.at };
  const { setting } = settingOf(settings, ...STRATEGY_NAMES);
  if (setting.state === 'absent') {
    if (settings.open !== null) return { state: 'unknown', reason: settings.open };
    // Without a schedule the trainer refuses to keep the best checkpoint, so this run gets one from elsewhere.
    return isTrue(settingOf(settings, 'load_best_model_at_end').setting) ? REFUSED : { state: 'absent' };
  }
  const mode = modeOf(setting);
  if (mode === 'on') return { state: 'on', at: setting.at };
  // Whoever starts the program may ask for an evaluation.
  if (mode === null || (setting.state === 'literal' && setting.byDefault === true)) {
    return { state: 'unknown', reason: 'when it evaluates is known only when the code runs' };
  }
  if (isTrue(settingOf(settings, 'load_best_model_at_end').setting)) return REFUSED;
  const name = STRATEGY_NAMES.find((it) => settings.stated.has(it)) ?? 'eval_strategy';
  return { state: 'off', at: setting.at, chain: chainOf(setting), name, written: writtenOf(setting) };
}

const STRATEGY_NAMES = ['eval_strategy', 'evaluation_strategy'];
const REFUSED: Schedule = { state: 'unknown', reason: '`load_best_model_at_end` needs a schedule, which is not here' };

/** How a schedule is asked for in a file or a call. */
export interface ScheduleRequest {
  readonly run: TrainingRun;
  /** Steps between evaluations where nothing tells how often the run saves. */
  readonly steps: number;
  /** What is set besides the schedule, such as the share that is held out. */
  readonly besides?: readonly (readonly [key: string, value: number])[];
}

/**
 * The edits that make transformers evaluate whenever it saves, so that each checkpoint has a number to it. Null where
 * the right spelling depends on a release that is not known, or where no edit can be made.
 */
export function scheduleFix({ run, steps, besides = [] }: ScheduleRequest): Fix | null {
  const spelling = spellingOf(run);
  if (spelling === null) return null;
  const wanted = [...besides, ...cadence(run.settings, spelling, steps)];
  return settingsFix(run.settings, wanted, `Evaluate on what is held out with \`${spelling}\`.`);
}

/** What a fault about a schedule shares: the value that switches it off, or the place that lacks one, `settings` unless told. */
export function scheduleLack(
  schedule: Extract<Schedule, { state: 'off' | 'absent' }>,
  settings: RunSettings,
  lacking: Location = settings.at,
): Pick<Lack, 'kind' | 'at' | 'chain' | 'value'> {
  return schedule.state === 'off'
    ? { kind: 'violated', at: schedule.at, chain: schedule.chain, value: schedule.written }
    : { kind: 'missing', at: emptyStrategy(settings) ?? lacking, chain: [], value: null };
}

/** The value in a message: `no` also where YAML makes `false` of it. */
function writtenOf(setting: Setting): string {
  return setting.state === 'literal' ? 'no' : setting.state === 'dynamic' ? setting.expression : '';
}

function modeOf(setting: Setting): 'on' | 'off' | null {
  if (setting.state === 'absent') return 'off';
  const text = setting.state === 'literal' ? String(setting.value) : setting.expression;
  // `IntervalStrategy.STEPS` is a name of transformers that is not followed. YAML reads a bare `no` as false.
  const [, word = ''] = /(?:^|Strategy\.)(\w+)$/.exec(text) ?? [];
  if (/^(?:steps|epoch)$/i.test(word)) return 'on';
  return /^(?:no|false)$/i.test(word) ? 'off' : null;
}

function emptyStrategy(settings: RunSettings): Location | null {
  return STRATEGY_NAMES.map((name) => settings.stated.get(name)?.stated ?? null).find((it) => it !== null) ?? null;
}

/** Releases from which on the new name is accepted, and what shows that a run is on one of them. */
function spellingOf({ settings, trainer, versions, method, stack }: TrainingRun): string | null {
  const written = STRATEGY_NAMES.find((name) => settings.stated.has(name));
  if (written !== undefined) return written;
  const since = releasedSince(versions, 'transformers', '4.41.0');
  if (since === 'none') return 'evaluation_strategy';
  // TRL has asked for transformers 4.46 since 0.12, and GRPO and `processing_class` are newer than that.
  const isNew = method === 'grpo' || trainer.stated.has('processing_class');
  if (since === 'all' || isNew || releasedSince(versions, 'trl', '0.12.0') === 'all') return 'eval_strategy';
  // LLaMA-Factory reads files since shortly before it asked for 4.41.
  const isFile = stack === 'llama-factory' && settings.extend !== null;
  return isFile && !rangeOf(versions, 'transformers').stated ? 'eval_strategy' : null;
}

/** Evaluations go with the checkpoints where the run says how often it saves. */
function cadence(settings: RunSettings, spelling: string, steps: number): (readonly [string, string | number])[] {
  const saves = settingOf(settings, 'save_strategy').setting;
  if (saves.state === 'literal' && saves.value === 'epoch') return [[spelling, 'epoch']];
  const every = settingOf(settings, 'eval_steps').setting;
  if (every.state !== 'absent') return [[spelling, 'steps']];
  const saveSteps = numberIn(settingOf(settings, 'save_steps').setting);
  return [
    [spelling, 'steps'],
    ['eval_steps', saveSteps !== null && saveSteps > 0 ? saveSteps : steps],
  ];
}
