import type { GeneratedData } from '../../src/model/generated-data.js';
import type { ModelPart } from '../../src/model/model-part.js';
import type { TrainingRun } from '../../src/model/run.js';

/** Why the detector says nothing of a run. */
export const NO_TEACHER = 'nothing says that the run learns from another model';

/** A run that learns from a teacher, or on rows that a script of the tree made of a model's answers. */
export function isDistilled(run: TrainingRun): boolean {
  return run.method === 'distillation' || learntFrom(run).length > 0;
}

/** Data made of answers that the run trains on. */
export function learntFrom({ generated }: TrainingRun): readonly GeneratedData[] {
  return generated.filter(({ use }) => use === 'training');
}

export function teacherOf({ parts }: TrainingRun): ModelPart | null {
  return parts.find(({ part }) => part === 'teacher') ?? null;
}

/** The class of TRL that distils, as `GKDTrainer`; null for one of the tree's own, and for configurations. */
export function distillingTrainer({ api }: TrainingRun): string | null {
  return /^trl\.(?:.*\.)?((?:GKD|GOLD|MiniLLM|Distillation)Trainer)$/.exec(api.trainer ?? '')?.[1] ?? null;
}
