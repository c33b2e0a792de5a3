import type { Location } from '../../src/model/location.js';
import type { OptionalControl, RunCall, TrainingRun } from '../../src/model/run.js';
import { isLiteral, type SettingValue } from '../../src/model/setting.js';
import { releasedSince } from '../../src/model/versions.js';
import { OFF_SWITCHES, startedBy, type Tracker, trackerNamed, trackersIn, writesTo } from './trackers.js';

/** Whether something keeps a record of the run, as far as the tree tells. */
export type Tracking =
  | { readonly state: 'on'; readonly trackers: readonly Tracker[]; readonly at: Location }
  /** Somebody wrote that nothing is to be recorded. */
  | ({ readonly state: 'off' } & OffSwitch)
  /** Nobody asked for a tracker, and none is on by default. */
  | { readonly state: 'absent'; readonly at: Location; readonly why: 'transformers-5' | 'no-key' }
  | { readonly state: 'unknown'; readonly reason: string }
  | { readonly state: 'inexpressible'; readonly reason: string };

/** What switches a tracker off: a key, an argument or a variable. */
export interface OffSwitch {
  /** Null for all of them. */
  readonly tracker: Tracker | null;
  readonly at: Location;
  readonly chain: readonly Location[];
  /** `report_to`, `WANDB_MODE`, `wandb.init(mode)`. */
  readonly key: string;
  readonly value: string;
  /** Whether it surely runs: a call may stand under a condition. */
  readonly sure: boolean;
}

/** Two rules ask it of every run, and it looks at every call. */
export function trackingOf(run: TrainingRun): Tracking {
  const known = trackings.get(run) ?? readTracking(run);
  trackings.set(run, known);
  return known;
}

const trackings = new WeakMap<TrainingRun, Tracking>();

/** Keys, calls and variables together. A switch beats a name; anything that is on beats what is off elsewhere. */
function readTracking(run: TrainingRun): Tracking {
  const said = [keysOf(run), callsOf(run)];
  const switches = [...environmentSwitches(run), ...said.flatMap((it) => it.off)];
  const disabled = new Set(switches.flatMap((it) => it.tracker ?? []));
  const named = said.flatMap((it) => it.on);
  const live = named.filter((it) => !disabled.has(it.tracker));
  if (live.length > 0) return on(live);
  const unsure = said.find((it) => it.unsure !== null);
  if (unsure?.unsure != null) return { state: 'unknown', reason: unsure.unsure };
  const decisive = switches.find((it) => it.tracker === null || named.some((on) => on.tracker === it.tracker));
  if (decisive !== undefined) return { state: 'off', ...decisive };
  return silent(run, switches, disabled);
}

interface On {
  readonly tracker: Tracker;
  readonly at: Location;
}

interface Said {
  readonly on: readonly On[];
  readonly off: readonly OffSwitch[];
  /** What may be on: a value that is computed. */
  readonly unsure: string | null;
}

const NOTHING: Said = { on: [], off: [], unsure: null };

function on(live: readonly On[]): Tracking {
  return { state: 'on', trackers: live.map((it) => it.tracker), at: live[0]?.at as Location };
}

/** Nobody names a tracker: what is the default? */
function silent(run: TrainingRun, switches: readonly OffSwitch[], disabled: ReadonlySet<Tracker>): Tracking {
  if (run.stack === 'llama-factory-v1')
    return { state: 'inexpressible', reason: 'LLaMA-Factory v1 has no key for a tracker' };
  const installed = installedIn(run).filter((tracker) => !disabled.has(tracker));
  const since5 = releasedSince(run.versions, 'transformers', '5.0.0');
  const defaults = TRANSFORMERS_STACKS.has(run.stack);
  const asksForAll = saysAll(run);
  const [first] = switches;
  const { stated, open: settingsOpen } = run.settings;
  const unread = stated.has('report_to') ? null : settingsOpen;
  if (defaults && unread === null && (asksForAll || since5 === 'none') && installed.length > 0)
    return on(installed.map((tracker) => ({ tracker, at: run.settings.at })));
  if (first !== undefined && defaults && unread === null && since5 === 'some' && installed.length > 0)
    return { state: 'unknown', reason: 'another tracker that is installed may be on by default' };
  // Arguments that were not read may name another tracker than the one that is switched off.
  if (first !== undefined) return { state: 'off', ...first, sure: first.sure && unread === null };
  const open = unread ?? run.callsOpen;
  if (open !== null) return { state: 'unknown', reason: open };
  if (!defaults) return { state: 'absent', at: emptyKeyOf(run) ?? run.settings.at, why: 'no-key' };
  if (asksForAll || since5 === 'none')
    return { state: 'unknown', reason: 'every installed tracker is on, and which are installed is not known' };
  if (since5 === 'some') return { state: 'unknown', reason: 'the default depends on the release of transformers' };
  return stated.has('report_to')
    ? { state: 'unknown', reason: '`report_to` is empty' }
    : { state: 'absent', at: run.settings.at, why: 'transformers-5' };
}

/** Stacks whose tracker is chosen by `report_to` of the Trainer. */
const TRANSFORMERS_STACKS: ReadonlySet<TrainingRun['stack']> = new Set([
  'transformers',
  'trl',
  'peft',
  'unsloth',
  'trl-cli',
  'trl-recipe',
  'hf-trainer',
  'llama-factory',
]);

function keysOf(run: TrainingRun): Said {
  switch (run.stack) {
    case 'axolotl':
      return joined(AXOLOTL_KEYS.map(([key, tracker]) => axolotlKey(run, key, tracker)));
    case 'torchtune':
      return torchtuneLogger(run);
    case 'open-instruct':
      return toggle(run, 'with_tracking', 'wandb', 'the script that reads the file may track by default');
    case 'llama-factory-v1':
      return NOTHING;
    case 'llama-factory':
      return joined([reportTo(run), toggle(run, 'use_swanlab', 'swanlab', null)]);
    default:
      return reportTo(run);
  }
}

/** `report_to` of transformers; `log_with` of the arguments that TRL's PPO took before 0.12 (huggingface/trl, trl/trainer/ppo_config.py). */
function reportTo(run: TrainingRun): Said {
  const key = ['report_to', 'log_with'].find((it) => run.settings.stated.has(it)) ?? 'report_to';
  const control = run.settings.stated.get(key);
  if (control === undefined) return NOTHING;
  const { setting, nothing } = control;
  if (setting.state === 'dynamic') return { ...NOTHING, unsure: `\`${key}\` is computed: ${setting.expression}` };
  if (setting.state === 'absent') {
    // An empty key is the default; a word for nothing is a decision.
    return nothing === undefined || nothing.value === null || nothing.value === ''
      ? NOTHING
      : { ...NOTHING, off: [switchOf(key, nothing.value, nothing.at, [nothing.at])] };
  }
  const words = wordsOf(setting.value);
  if (words.includes('all')) return NOTHING;
  const named = words.filter((word) => word !== 'none');
  if (named.length > 0) return { ...NOTHING, on: named.map((it) => ({ tracker: trackerNamed(it), at: setting.at })) };
  if (setting.byDefault === true) return { ...NOTHING, unsure: `\`${key}\` is said on the command line` };
  return { ...NOTHING, off: [switchOf(key, words.join(',') || '[]', setting.at, setting.chain)] };
}

function wordsOf(value: SettingValue): string[] {
  return [value]
    .flat()
    .flatMap((it) => String(it).split(','))
    .map((word) => word.trim().toLowerCase())
    .filter((word) => word !== '');
}

function saysAll(run: TrainingRun): boolean {
  const setting = run.settings.stated.get('report_to')?.setting;
  return setting?.state === 'literal' && wordsOf(setting.value).includes('all');
}

/** A project's name switches its tracker on, even where the toggle beside it says no. */
const AXOLOTL_KEYS: readonly (readonly [key: string, tracker: Tracker])[] = [
  ['wandb_project', 'wandb'],
  ['mlflow_experiment_name', 'mlflow'],
  ['comet_project_name', 'comet'],
  ['trackio_project_name', 'trackio'],
  ['use_wandb', 'wandb'],
  ['use_mlflow', 'mlflow'],
  ['use_tensorboard', 'tensorboard'],
  ['use_comet', 'comet'],
  ['use_trackio', 'trackio'],
  ['use_swanlab', 'swanlab'],
  ['use_otel_metrics', 'other'],
  ['wandb_mode', 'wandb'],
];

function axolotlKey(run: TrainingRun, key: string, tracker: Tracker): Said {
  if (key.startsWith('use_')) return toggle(run, key, tracker, null);
  const setting = run.settings.stated.get(key)?.setting;
  if (setting === undefined || setting.state === 'absent') return NOTHING;
  if (key === 'wandb_mode') {
    const isOff = isLiteral(setting) && String(setting.value).toLowerCase() === 'disabled';
    return isOff ? { ...NOTHING, off: [switchOf(key, 'disabled', setting.at, setting.chain, tracker)] } : NOTHING;
  }
  if (setting.state === 'dynamic') return { ...NOTHING, unsure: `\`${key}\` is computed: ${setting.expression}` };
  return { ...NOTHING, on: [{ tracker, at: setting.at }] };
}

/** A switch that is off by default: written out, it is a decision. */
function toggle(run: TrainingRun, key: string, tracker: Tracker, ifAbsent: string | null): Said {
  const setting = run.settings.stated.get(key)?.setting;
  if (setting === undefined || setting.state === 'absent') return { ...NOTHING, unsure: ifAbsent };
  if (setting.state === 'dynamic') return { ...NOTHING, unsure: `\`${key}\` is computed: ${setting.expression}` };
  const word = String(setting.value).toLowerCase();
  if (/^(?:true|yes|1|on)$/.test(word)) return { ...NOTHING, on: [{ tracker, at: setting.at }] };
  return /^(?:false|no|0|off)$/.test(word)
    ? { ...NOTHING, off: [switchOf(key, 'false', setting.at, setting.chain)] }
    : { ...NOTHING, unsure: `\`${key}\` is ${word}` };
}

const TORCHTUNE_LOGGERS: Readonly<Record<string, Tracker>> = {
  WandBLogger: 'wandb',
  MLFlowLogger: 'mlflow',
  CometLogger: 'comet',
  TensorBoardLogger: 'tensorboard',
  DiskLogger: 'disk',
};

function torchtuneLogger(run: TrainingRun): Said {
  const key = 'metric_logger._component_';
  const setting = run.settings.stated.get(key)?.setting;
  if (setting === undefined || !isLiteral(setting))
    return { ...NOTHING, unsure: 'which `metric_logger` the recipe is given is not known' };
  const component = String(setting.value).split('.').at(-1) ?? '';
  if (component === 'StdoutLogger') return { ...NOTHING, off: [switchOf(key, component, setting.at, setting.chain)] };
  return { ...NOTHING, on: [{ tracker: TORCHTUNE_LOGGERS[component] ?? 'other', at: setting.at }] };
}

function callsOf(run: TrainingRun): Said {
  const all = joined(run.calls.map((call) => callOf(call)));
  // Where one call starts a stub and another a real run, a condition decides between them.
  const said = all.on.length > 0 ? { ...all, off: [] } : all;
  const accelerate = accelerateTrackers(run);
  const wired = run.calls.find((call) => writesTo(call.name));
  return joined([
    said,
    accelerate,
    wired === undefined ? NOTHING : { ...NOTHING, unsure: `\`${wired.name}\` is called` },
  ]);
}

function callOf(call: RunCall): Said {
  const tracker = startedBy(call.name);
  if (tracker === null) return NOTHING;
  const mode = call.arguments.get('mode');
  if (tracker !== 'wandb' || mode === undefined || mode.state === 'absent')
    return { ...NOTHING, on: [{ tracker, at: call.at }] };
  if (mode.state === 'dynamic') return { ...NOTHING, unsure: `the mode of wandb is computed: ${mode.expression}` };
  if (String(mode.value) !== 'disabled') return { ...NOTHING, on: [{ tracker, at: call.at }] };
  const off = { ...switchOf('wandb.init(mode)', 'disabled', mode.at, mode.chain, tracker), sure: false };
  return { ...NOTHING, off: [off] };
}

/** `Accelerator(log_with=…)` names trackers, `init_trackers` starts them. */
function accelerateTrackers(run: TrainingRun): Said {
  if (!run.calls.some((call) => call.name === '.init_trackers')) return NOTHING;
  return joined(
    run.calls.flatMap((call): Said[] => {
      const named = /^accelerate\.(?:\w+\.)*Accelerator$/.test(call.name) ? call.arguments.get('log_with') : undefined;
      if (named === undefined || named.state === 'absent')
        return call.name.startsWith('accelerate.') && call.open
          ? [{ ...NOTHING, unsure: 'arguments are spread in' }]
          : [];
      if (named.state === 'dynamic') return [{ ...NOTHING, unsure: `\`log_with\` is computed: ${named.expression}` }];
      return [{ ...NOTHING, on: wordsOf(named.value).map((it) => ({ tracker: trackerNamed(it), at: call.at })) }];
    }),
  );
}

function environmentSwitches(run: TrainingRun): OffSwitch[] {
  return OFF_SWITCHES.flatMap(({ tracker, variable, off }) => {
    const setting = run.environment.get(variable);
    if (setting?.state !== 'literal' || !off.test(String(setting.value))) return [];
    return [switchOf(variable, String(setting.value), setting.at, setting.chain, tracker)];
  });
}

/** What requirements name, and packages that the code calls. */
function installedIn(run: TrainingRun): Tracker[] {
  const called = run.calls.map((call) => call.name.split('.', 1)[0] ?? '');
  return [...new Set(trackersIn(new Set([...run.libraries, ...called])))];
}

/** `wandb_project:` without a value, which looks like tracking and is none. */
function emptyKeyOf(run: TrainingRun): Location | null {
  return AXOLOTL_KEYS.map(([key]) => emptyAt(run.settings.stated.get(key))).find((at) => at !== null) ?? null;
}

function emptyAt(control: OptionalControl<SettingValue> | undefined): Location | null {
  return control?.setting.state === 'absent' ? control.stated : null;
}

function switchOf(
  key: string,
  value: unknown,
  at: Location,
  chain: readonly Location[],
  tracker: Tracker | null = null,
): OffSwitch {
  return { tracker, at, chain, key, value: String(value), sure: true };
}

function joined(parts: readonly Said[]): Said {
  return {
    on: parts.flatMap((it) => it.on),
    off: parts.flatMap((it) => it.off),
    unsure: parts.find((it) => it.unsure !== null)?.unsure ?? null,
  };
}
