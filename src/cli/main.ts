import { UserError } from '../model/user-error.js';
import { showControls } from '../presentation/lines.js';
import { packageVersion } from './package-root.js';
import { type MakeReview, reviewCommand } from './review-command.js';
import { readCommandLine, USER_ERROR } from './review-options.js';
import { type Environment, Interruption, type Terminal, write } from './terminal.js';

/** Runs the command that a process was started for, and leaves its exit code in it. */
export async function main(process: NodeJS.Process): Promise<void> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    // Kept for the second signal too, from a user who does not want to wait for the tidying up: a library that removes
    // its lock at a signal ends the process itself where nobody else listens for one.
    process.on(signal, () => {
      if (interrupted.signal.aborted) process.exit(new Interruption(signal).exitCode);
      interrupted.abort(new Interruption(signal));
    });
  }
  endQuietlyOnClosedPipe(process);
  const exitCode = await runCommand({
    args: process.argv.slice(2),
    env: process.env,
    cwd: process.cwd(),
    stdout: process.stdout,
    stderr: process.stderr,
    signal: interrupted.signal,
    clock: () => performance.now(),
  });
  // All that was written has been taken. What may still be open, such as a database that another process took, must
  // not keep this one.
  process.exit(exitCode);
}

const INTERNAL_ERROR = 3;

/** Runs a command and gives its exit code. Never rejects. */
export async function runCommand(terminal: Terminal, make: MakeReview = makeReview): Promise<number> {
  try {
    const line = readCommandLine(terminal, packageVersion());
    switch (line.state) {
      case 'answered':
        return line.exitCode;
      case 'review':
        return await reviewCommand(line.options, terminal, make);
      case 'explain': {
        // Loaded when it is asked for, as what a review needs is.
        const { explainCommand } = await import('./explain-command.js');
        return await explainCommand(line.topic, terminal);
      }
      case 'serve': {
        const { serveCommand } = await import('./serve-command.js');
        return await serveCommand(line, terminal);
      }
    }
  } catch (error) {
    if (error instanceof Interruption) return error.exitCode;
    await write(terminal.stderr, explain(error, terminal.env));
    return error instanceof UserError ? USER_ERROR : INTERNAL_ERROR;
  }
}

/** Help and version answer at once: what a review needs is loaded when there is one to make. */
const makeReview: MakeReview = async (request) => {
  const rooms = await import('./make-review.js');
  return rooms.makeReview(request);
};

function explain(error: unknown, env: Environment): string {
  if (error instanceof UserError) return oneLine(`${error.message} ${error.advice}`);
  const words = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error ? error.stack : undefined;
  if (env.TUNELINT_DEBUG === '1' && stack !== undefined) return `tunelint: ${stack}\n`;
  return oneLine(`This is our fault, not yours: ${words} (TUNELINT_DEBUG=1 shows where).`);
}

/** A message may quote a path or a reference, which may hold anything. */
function oneLine(text: string): string {
  return `tunelint: ${showControls(text.replace(/\s*\n\s*/g, ' '))}\n`;
}

/** `tunelint review | head` closes the pipe early, which is no fault of anybody; a full disk is one to tell of. */
function endQuietlyOnClosedPipe(process: NodeJS.Process): void {
  process.stderr.on('error', () => {});
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    process.stderr.write(oneLine(`The output could not be written (${error.code}). Make room and try again.`));
    process.exit(USER_ERROR);
  });
}
