import { UserError } from '../model/user-error.js';
import { HostError } from './hosting.js';

/** The code host may answer later. Everything else would fail in the same way again. */
export function isWorthAnotherTry(error: unknown): boolean {
  return error instanceof HostError && (error.code === 'unavailable' || error.code === 'rate-limited');
}

/** What the author of a pull request can do about a failure, as a sentence. */
export function adviceFor(error: unknown): string {
  if (error instanceof HostError || error instanceof UserError) return error.advice;
  return 'That is our fault, not yours. Re-run this check to try again.';
}
