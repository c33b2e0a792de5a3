/** Where a run may be recorded. `disk` is a plain text log of torchtune. */
export type Tracker =
  | 'wandb'
  | 'mlflow'
  | 'tensorboard'
  | 'trackio'
  | 'comet'
  | 'clearml'
  | 'neptune'
  | 'swanlab'
  | 'dvclive'
  | 'aim'
  | 'disk'
  | 'other';

/** By the word that `report_to` takes for them. Any other word is a tracker that is not known here. */
export function trackerNamed(word: string): Tracker {
  return BY_WORD[word] ?? 'other';
}

/** The tracker that a call starts, by its full name; null for any other call. */
export function startedBy(call: string): Tracker | null {
  const [head = ''] = call.split('.', 1);
  return STARTS.get(head)?.find(([pattern]) => pattern.test(call))?.[1] ?? null;
}

/**
 * Calls that write to a run which something else must have started: they say that tracking is wired, not that it is
 * on.
 */
export function writesTo(call: string): boolean {
  return WRITES.test(call) || RECORDS.test(call);
}

const WRITES = /^(?:wandb\.(?:log|watch|run\.\w+|Artifact|Table)|trackio\.log|swanlab\.log)$/;
/** What the repository has of its own: a callback, a record of experiments, the run of a service that is not known here. */
const RECORDS =
  /^\.(?:on_log|run\.log|log_history|\w+_(?:experiment|run)|\w+_metrics_(?:to|in)_\w+|(?:save|write|dump|store)_(?:train|training|run)_\w+)$/;

/** Whether the tracker keeps the commit of the checkout by itself; null where that is not known. */
export function keepsCommit(tracker: Tracker): boolean | null {
  if (KEEP_COMMIT.has(tracker)) return true;
  return tracker === 'tensorboard' || tracker === 'trackio' || tracker === 'disk' ? false : null;
}

/** Trackers that one of these libraries, or modules that the code calls, stands for. */
export function trackersIn(libraries: Iterable<string>): Tracker[] {
  return [...libraries].flatMap((name) => BY_LIBRARY[name.toLowerCase().replaceAll('_', '-')] ?? []);
}

/** The variables that switch a tracker off, and the values that do. Offline runs are recorded all the same. */
export const OFF_SWITCHES: readonly { readonly tracker: Tracker; readonly variable: string; readonly off: RegExp }[] = [
  { tracker: 'wandb', variable: 'WANDB_MODE', off: /^disabled$/i },
  { tracker: 'wandb', variable: 'WANDB_DISABLED', off: /^(?:true|1|yes|on)$/i },
  { tracker: 'mlflow', variable: 'DISABLE_MLFLOW_INTEGRATION', off: /^(?:true|1)$/i },
  { tracker: 'comet', variable: 'COMET_MODE', off: /^disabled$/i },
  { tracker: 'swanlab', variable: 'SWANLAB_MODE', off: /^disabled$/i },
];

const BY_WORD: Readonly<Record<string, Tracker>> = {
  wandb: 'wandb',
  mlflow: 'mlflow',
  dagshub: 'mlflow',
  tensorboard: 'tensorboard',
  trackio: 'trackio',
  comet_ml: 'comet',
  clearml: 'clearml',
  neptune: 'neptune',
  swanlab: 'swanlab',
  dvclive: 'dvclive',
  aim: 'aim',
};

const CALLBACKS: readonly (readonly [RegExp, Tracker])[] = (
  [
    ['Wandb', 'wandb'],
    ['MLflow', 'mlflow'],
    ['DagsHub', 'mlflow'],
    ['TensorBoard', 'tensorboard'],
    ['Trackio', 'trackio'],
    ['Comet', 'comet'],
    ['ClearML', 'clearml'],
    ['Neptune', 'neptune'],
    ['SwanLab', 'swanlab'],
    ['DVCLive', 'dvclive'],
    ['AzureML', 'other'],
  ] as const
).map(([name, tracker]) => [new RegExp(`^transformers\\.(?:integrations\\.)?(?:\\w+\\.)*${name}Callback$`), tracker]);

/** By the package that the call is of, as nearly every call of a run is of none of them. */
const STARTS: ReadonlyMap<string, readonly (readonly [RegExp, Tracker])[]> = new Map([
  ['wandb', [[/^wandb\.(?:init|agent)$/, 'wandb']]],
  ['mlflow', [[/^mlflow\.(?:start_run|(?:\w+\.)?autolog|log_\w+|MlflowClient)$/, 'mlflow']]],
  ['trackio', [[/^trackio\.init$/, 'trackio']]],
  ['comet_ml', [[/^comet_ml\.(?:start|Experiment|OfflineExperiment)$/, 'comet']]],
  ['clearml', [[/^clearml\.Task\.init$/, 'clearml']]],
  ['neptune', [[/^neptune\.(?:init_run|init|Run)$/, 'neptune']]],
  ['swanlab', [[/^swanlab\.(?:init|integration\..+Callback)$/, 'swanlab']]],
  ['dvclive', [[/^dvclive\.(?:Live|(?:\w+\.)+\w*Callback)$/, 'dvclive']]],
  ['aim', [[/^aim\.(?:Run|(?:\w+\.)+\w*Callback)$/, 'aim']]],
  ['torch', [[/^torch\.utils\.tensorboard(?:\.\w+)*\.SummaryWriter$/, 'tensorboard']]],
  ['tensorboardX', [[/^tensorboardX\.SummaryWriter$/, 'tensorboard']]],
  ['transformers', CALLBACKS],
]);

// Each keeps the commit of the work tree unless told not to, as their documentation says.
const KEEP_COMMIT: ReadonlySet<Tracker> = new Set(['wandb', 'mlflow', 'comet', 'clearml', 'neptune', 'dvclive']);

const BY_LIBRARY: Readonly<Record<string, Tracker>> = {
  wandb: 'wandb',
  mlflow: 'mlflow',
  'mlflow-skinny': 'mlflow',
  tensorboard: 'tensorboard',
  tensorboardx: 'tensorboard',
  trackio: 'trackio',
  'comet-ml': 'comet',
  clearml: 'clearml',
  neptune: 'neptune',
  swanlab: 'swanlab',
  dvclive: 'dvclive',
};
