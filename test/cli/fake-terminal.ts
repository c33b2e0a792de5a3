import { PassThrough } from 'node:stream';
import type { Environment, Terminal, TerminalStream } from '../../src/cli/terminal.js';

export interface FakeTerminal extends Terminal {
  readonly out: () => string;
  readonly err: () => string;
}

export interface FakeTerminalOptions {
  readonly env?: Environment;
  readonly cwd?: string;
  readonly signal?: AbortSignal;
  readonly isTTY?: boolean;
  readonly clock?: () => number;
}

/** A terminal in memory. Its clock stands still unless another is given. */
export function fakeTerminal(args: readonly string[], options: FakeTerminalOptions = {}): FakeTerminal {
  const stdout = stream(options.isTTY ?? false);
  const stderr = stream(options.isTTY ?? false);
  return {
    args,
    env: options.env ?? {},
    cwd: options.cwd ?? '/home/ada/lab',
    stdout,
    stderr,
    signal: options.signal ?? new AbortController().signal,
    clock: options.clock ?? (() => 0),
    out: () => text(stdout),
    err: () => text(stderr),
  };
}

function stream(isTTY: boolean): TerminalStream & PassThrough {
  return Object.assign(new PassThrough({ highWaterMark: 1024 * 1024 }), { isTTY, columns: 80 });
}

function text(from: TerminalStream): string {
  return String((from as TerminalStream & PassThrough).read() ?? '');
}
