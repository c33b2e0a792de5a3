import type { Finding } from '../model/comparison.js';
import type { LineNumber, RepoPath } from '../model/identifiers.js';

/** Lines of one side of a change. */
export interface Place {
  readonly side: 'base' | 'head';
  readonly path: RepoPath;
  readonly startLine: LineNumber;
  readonly endLine: LineNumber;
}

/** Where a finding is told: the place in the diff that has to do with it, else the fault itself. */
export function toldAt({ anchor, fault, state }: Finding): Place {
  return anchor ?? { ...fault.at, side: state === 'absent' ? 'base' : 'head' };
}
