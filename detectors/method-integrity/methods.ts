import type { ModelPart } from '../../src/model/model-part.js';
import type { Method, TrainingRun } from '../../src/model/run.js';
import { releasedSince } from '../../src/model/versions.js';

/** Methods that hold the policy close to the model that it started from, on pairs or ratings of answers. */
export function comparesWithReference(method: Method): boolean {
  return method === 'dpo' || method === 'ipo' || method === 'kto';
}

export function partOf(run: TrainingRun, part: ModelPart['part']): ModelPart | null {
  return run.parts.find((it) => it.part === part) ?? null;
}

/** The class of TRL that trains, as `DPOTrainer`; null for one of the tree's own, and for configurations. */
export function trlTrainer({ api }: TrainingRun): string | null {
  const [, name = null] = /^trl\.(?:.*\.)?(\w+)$/.exec(api.trainer ?? '') ?? [];
  return name;
}

/** The same of the trainer's arguments, as `DPOConfig`. */
export function trlArguments({ api }: TrainingRun): string | null {
  const [, name = null] = /^trl\.(?:.*\.)?(\w+)$/.exec(api.arguments ?? '') ?? [];
  return name;
}

/** Whether every release of TRL in play is from `since` on and older than `until`. */
export function isReleased({ versions }: TrainingRun, since: string | null, until: string | null): boolean {
  const isOld = until === null || releasedSince(versions, 'trl', until) === 'none';
  return isOld && (since === null || releasedSince(versions, 'trl', since) === 'all');
}
