import { defineRule } from '../../../src/model/rule.js';
import type { TrainingRun } from '../../../src/model/run.js';
import {
  type FaultInput,
  met,
  missing,
  overPlaces,
  type PlaceVerdict,
  unknown,
  violated,
} from '../../../src/model/verdict.js';
import { rangeOf } from '../../../src/model/versions.js';
import { type Tracking, trackingOf } from '../tracking.js';

/** A tracker records the run: its arguments, its metrics and where it ran. */
export const untracked = defineRule({
  id: 'run-lineage/untracked',
  title: 'Nothing records the run',
  severity: 'warning',
  judge(run) {
    return overPlaces([judgeTracking(trackingOf(run), run)], 'the stack has no key for a tracker');
  },
});

/** A log on the disk of the machine that trained is half a record. */
const DISK_CREDIT = 0.5;

function judgeTracking(tracking: Tracking, run: TrainingRun): PlaceVerdict {
  switch (tracking.state) {
    case 'on':
      return met(tracking.at, tracking.trackers.every((it) => it === 'disk') ? DISK_CREDIT : 1);
    case 'off':
      return violated(switchedOff(tracking, run));
    case 'absent':
      return missing(tracking.why === 'transformers-5' ? offByDefault(tracking, run) : nobodyAsked(tracking, run));
    case 'unknown':
      return unknown(tracking.reason);
    case 'inexpressible':
      return { state: 'not-applicable', reason: tracking.reason };
  }
}

type State<S extends Tracking['state']> = Extract<Tracking, { state: S }>;

/** In an example it is the usual way to spare a reader an account, so it is told in the summary alone. */
function switchedOff(tracking: State<'off'>, run: TrainingRun): FaultInput {
  return {
    severity: run.role === 'recipe' ? 'warning' : 'notice',
    confidence: tracking.sure ? 'high' : 'medium',
    at: tracking.at,
    chain: tracking.chain,
    key: tracking.key,
    value: tracking.value,
    message: offMessage(tracking, run),
  };
}

function offMessage({ key, value }: State<'off'>, run: TrainingRun): string {
  switch (key) {
    case 'report_to':
      return `\`report_to\` is \`${value}\`, so no tracker records what this run was given and what came of it. Name the tracker that the project uses, such as \`wandb\` or \`mlflow\`.`;
    case 'metric_logger._component_':
      return 'The metrics are printed and kept nowhere. Use the logger of the tracker that the project uses, such as `WandBLogger` or `MLFlowLogger`.';
    case 'wandb.init(mode)':
      return '`mode="disabled"` turns wandb into a stub, so nothing records this run. Drop the argument, or use `mode="offline"` where there is no network.';
    default:
      return /^[A-Z_]+$/.test(key)
        ? `\`${key}=${value}\` switches tracking off for this run, whatever its settings say. Take it away, or ${offline(key)}.`
        : `\`${key}\` is \`${value}\`, so no tracker records what this run was given and what came of it. ${howToTrack(run, key)}`;
  }
}

function offline(variable: string): string {
  return variable.startsWith('WANDB') ? 'set `WANDB_MODE=offline` where there is no network' : 'name another tracker';
}

/** The version that decides it is part of the cause, so a finding can stand at its line where that is what changed. */
function offByDefault({ at }: State<'absent'>, run: TrainingRun): FaultInput {
  const { at: version } = rangeOf(run.versions, 'transformers');
  return {
    severity: 'warning',
    at,
    chain: version === undefined ? [] : [version],
    key: 'report_to',
    message: `Nothing records this run: since transformers 5, leaving \`report_to\` out means no tracker, where it meant all that are installed. ${howToTrack(run)}`,
  };
}

function nobodyAsked({ at }: State<'absent'>, run: TrainingRun): FaultInput {
  return {
    severity: 'notice',
    severityWhenLost: 'warning',
    at,
    key: run.stack === 'axolotl' ? 'wandb_project' : 'tracker',
    message: `Nothing records this run: ${at === run.settings.at ? 'no tracker is on' : 'a key without a value switches no tracker on'}. ${howToTrack(run)}`,
  };
}

function howToTrack(run: TrainingRun, key = 'report_to'): string {
  if (run.stack === 'axolotl')
    return 'Name a `wandb_project` or an `mlflow_experiment_name`, or set `use_tensorboard: true`.';
  if (run.stack === 'open-instruct') return 'Set `with_tracking: true`.';
  return `Set \`${key}\` to the tracker that the project uses, such as \`wandb\` or \`mlflow\`.`;
}
