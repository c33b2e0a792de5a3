import type { Writable } from 'node:stream';

/** What a command has of the process that runs it; a test hands in its own. */
export interface Terminal {
  /** Without the interpreter and the script. */
  readonly args: readonly string[];
  readonly env: Environment;
  readonly cwd: string;
  readonly stdout: TerminalStream;
  readonly stderr: TerminalStream;
  /** Aborted when the user wants out; its reason is an `Interruption`. */
  readonly signal: AbortSignal;
  /** Milliseconds that only grow. */
  readonly clock: () => number;
}

export type Environment = Readonly<Record<string, string | undefined>>;
export type TerminalStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** The user, or the system on its way down, ended the command. */
export class Interruption extends Error {
  override readonly name = 'Interruption';
  readonly exitCode: number;

  constructor(signal: 'SIGINT' | 'SIGTERM') {
    super(`ended by ${signal}`);
    // What a shell reports for a process that a signal ended: 128 and the number of the signal.
    this.exitCode = signal === 'SIGINT' ? 130 : 143;
  }
}

/** Whether to colour what goes to a stream. FORCE_COLOR beats NO_COLOR, as in Node itself. */
export function wantsColour(stream: TerminalStream, env: Environment): boolean {
  const forced = env.FORCE_COLOR;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  if ((env.NO_COLOR ?? '') !== '') return false;
  return stream.isTTY === true && env.TERM !== 'dumb';
}

const WIDTH_WITHOUT_TERMINAL = 100;

/** Columns to write for: those of the terminal, within what is still a table and what is still read with ease. */
export function textWidth(stream: TerminalStream): number {
  return Math.min(Math.max(stream.columns ?? WIDTH_WITHOUT_TERMINAL, 40), 120);
}

/** Writes all of a text, and returns when the stream has taken it or is closed. */
export function write(stream: TerminalStream, text: string): Promise<void> {
  return new Promise((resolve) => {
    stream.write(text, () => resolve());
  });
}
