import type { Location } from '../../../src/model/location.js';
import { defineRule } from '../../../src/model/rule.js';
import type { RunCall, TrainingRun } from '../../../src/model/run.js';
import type { Setting } from '../../../src/model/setting.js';
import {
  met,
  missing,
  notApplicable,
  overPlaces,
  type PlaceVerdict,
  unknown,
  violated,
} from '../../../src/model/verdict.js';
import { keepsCommit } from '../trackers.js';
import { trackingOf } from '../tracking.js';

/** The commit of the code is kept with the run: by a tracker that does so by itself, or by hand. */
export const commitNotCaptured = defineRule({
  id: 'run-lineage/commit-not-captured',
  title: 'Run does not say from which commit it came',
  severity: 'notice',
  judge(run) {
    return overPlaces([judgeCapture(run)], 'the run takes no tracker');
  },
});

function judgeCapture(run: TrainingRun): PlaceVerdict {
  const byHand = captureIn(run);
  if (byHand !== null) return met(byHand);
  const tracking = trackingOf(run);
  if (tracking.state === 'unknown') return unknown(tracking.reason);
  if (tracking.state === 'inexpressible') return notApplicable(tracking.reason);
  if (tracking.state !== 'on') return silent(run, 'no tracker is on that would keep it');
  const keeping = tracking.trackers.map((it) => keepsCommit(it));
  const dropped = gitDisabled(run);
  if (keeping.includes(true) && (dropped === null || tracking.trackers.some((it) => it !== 'wandb'))) {
    return met(tracking.at);
  }
  if (dropped !== null && tracking.trackers.includes('wandb')) return droppedBySetting(dropped);
  if (keeping.includes(null)) return unknown('whether the tracker keeps the commit is not known');
  return silent(run, `${named(tracking.trackers)} keeps none`);
}

function silent(run: TrainingRun, why: string): PlaceVerdict {
  if (run.callsOpen !== null) return unknown(run.callsOpen);
  return missing({
    severity: 'notice',
    at: run.at,
    key: 'commit',
    message: `Nothing says from which commit this run comes: ${why}. wandb and MLflow keep it by themselves; else log \`git rev-parse HEAD\` with the run.`,
  });
}

function droppedBySetting({ key, at }: { key: string; at: Location }): PlaceVerdict {
  return violated({
    severity: 'notice',
    at,
    key,
    value: 'true',
    message: `\`${key}\` keeps wandb from recording the commit this run comes from. Take it away.`,
  });
}

function named(trackers: readonly string[]): string {
  const names: Readonly<Record<string, string>> = {
    tensorboard: 'TensorBoard',
    trackio: 'Trackio',
    disk: 'a log on disk',
  };
  return names[trackers[0] ?? ''] ?? 'the tracker';
}

/** Variables that CI systems and launch scripts pass a commit in. */
const COMMIT_VARIABLES =
  /^(?:(?:GIT|SOURCE|BUILD|CI)_(?:COMMIT|SHA|COMMIT_SHA|COMMIT_HASH|HASH|REVISION)|GITHUB_SHA|COMMIT_(?:SHA|HASH)|VCS_REF)$/;

function captureIn(run: TrainingRun): Location | null {
  const command = run.commands.find(({ words }) => readsCommit(words.join(' ')));
  const call = run.calls.find((it) => capturesCommit(it));
  const variable = [...run.environment].find(([name]) => COMMIT_VARIABLES.test(name))?.[1];
  if (variable !== undefined && variable.state !== 'absent') return variable.at;
  return call?.at ?? command?.at ?? null;
}

function capturesCommit(call: RunCall): boolean {
  const words = texts(call.arguments.get('0') ?? call.arguments.get('args'));
  const [first = ''] = words;
  if (/^(?:subprocess\.\w+|os\.(?:popen|system))$/.test(call.name)) return readsCommit(words.join(' '));
  if (/^os\.(?:getenv|environ\.get)$/.test(call.name)) return COMMIT_VARIABLES.test(first);
  if (call.name === 'wandb.Settings') return call.arguments.has('git_commit');
  if (/^mlflow\.set_tags?$/.test(call.name)) return /commit|git|sha/i.test(first);
  return /^git\.(?:Repo|cmd\.Git|Git)\b/.test(call.name);
}

function readsCommit(text: string): boolean {
  return /\bgit\b.*\b(?:rev-parse|describe|log -1|show -s|show --)/.test(text);
}

function texts(setting: Setting | undefined): string[] {
  return setting?.state === 'literal' ? [setting.value].flat().map(String) : [];
}

/** What keeps wandb from looking at the checkout. */
function gitDisabled(run: TrainingRun): { key: string; at: Location } | null {
  for (const key of ['WANDB_DISABLE_GIT', 'WANDB_DISABLE_CODE']) {
    const setting = run.environment.get(key);
    if (setting?.state === 'literal' && /^(?:true|1)$/i.test(String(setting.value))) return { key, at: setting.at };
  }
  for (const call of run.calls) {
    const setting = call.name === 'wandb.Settings' ? call.arguments.get('disable_git') : undefined;
    if (setting?.state === 'literal' && setting.value === true) return { key: 'disable_git', at: setting.at };
  }
  return null;
}
