/** Something the user can mend: a wrong reference, a folder that is no repository. Ends a command with exit 2. */
export class UserError extends Error {
  override readonly name = 'UserError';
  /** Stable, for logs and tests: `unknown-ref`. */
  readonly code: string;
  /** What to do next, as a sentence. */
  readonly advice: string;

  constructor(options: { code: string; message: string; advice: string; cause?: unknown }) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.advice = options.advice;
  }
}
