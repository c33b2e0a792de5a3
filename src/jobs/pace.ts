/** Pauses and bounds of a queue. */
export interface Pace {
  /** How long a new job waits, so that a burst of events is one job. */
  readonly debounceSeconds: number;
  /** The pause before the second try; it doubles with every further one. */
  readonly retrySeconds: number;
  readonly tries: number;
  readonly pollMilliseconds: number;
  /** How long a process that works on a job may be silent until the job is given to another. */
  readonly silenceSeconds: number;
  /** How often it is looked for jobs of such processes. */
  readonly maintenanceSeconds: number;
  /** What no job may take longer than. */
  readonly jobMilliseconds: number;
}
