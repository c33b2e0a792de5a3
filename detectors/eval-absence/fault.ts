import type { TrainingRun } from '../../src/model/run.js';
import { type FaultInput, missing, type PlaceVerdict, violated } from '../../src/model/verdict.js';
import type { Lack } from './situation.js';

/**
 * The fault that a lack is. Who shows or tries something may well switch evaluation off, so in examples and smoke runs
 * an explicit value is a notice too.
 */
export function faultOf(
  run: TrainingRun,
  lack: Lack,
  told: Pick<FaultInput, 'severity' | 'message'> & Partial<Pick<FaultInput, 'confidence' | 'severityWhenLost'>>,
): PlaceVerdict {
  const { at, chain, key, value, confidence, fix } = lack;
  const severity = run.role === 'recipe' ? told.severity : 'notice';
  const fault = { at, chain, key, value, confidence, fix, ...told, severity };
  return lack.kind === 'missing' ? missing(fault) : violated(fault);
}
