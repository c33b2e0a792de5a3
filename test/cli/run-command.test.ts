import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runCommand } from '../../src/cli/main.js';
import type { ReviewRequest } from '../../src/cli/make-review.js';
import type { MakeReview } from '../../src/cli/review-command.js';
import { Interruption } from '../../src/cli/terminal.js';
import { UserError } from '../../src/model/user-error.js';
import { finding, PLAYBOOK, review } from '../presentation/review-builder.js';
import { type FakeTerminalOptions, fakeTerminal } from './fake-terminal.js';

const CLEAN = review();
const WITH_ERROR = review({ findings: [finding()] });
const WITH_WARNING = review({ findings: [finding({ fault: { severity: 'warning' } })] });

function making(made: typeof CLEAN): MakeReview {
  return async () => ({ review: made, playbook: PLAYBOOK, hosted: null });
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tunelint-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the exit code of a review', () => {
  it.each([
    ['is 0 where nothing is new', CLEAN, [], 0],
    ['is 1 for a new error', WITH_ERROR, [], 1],
    ['is 0 for a new warning', WITH_WARNING, [], 0],
    ['is 1 for a new warning where warnings count', WITH_WARNING, ['--fail-on', 'warning'], 1],
    ['is 0 for a new error where nothing counts', WITH_ERROR, ['--fail-on', 'never'], 0],
  ])('%s', async (_, made, args, code) => {
    const terminal = fakeTerminal(['review', ...args]);
    expect(await runCommand(terminal, making(made))).toBe(code);
    expect(terminal.out()).toContain('base 1234567 → head 89abcde');
    expect(terminal.err()).toBe('');
  });

  it('is 2 for what the user can mend, told in one line', async () => {
    const terminal = fakeTerminal(['review']);
    const code = await runCommand(terminal, async () => {
      throw new UserError({ code: 'unknown-ref', message: '`a\u001b[2J` names no commit.', advice: 'Fetch it.' });
    });
    expect(code).toBe(2);
    expect(terminal.err()).toBe('tunelint: `a\\u{1b}[2J` names no commit. Fetch it.\n');
  });

  it('is 3 for a fault of ours, with its place only where that is asked for', async () => {
    const failing: MakeReview = async () => {
      throw new TypeError('x is\nundefined');
    };
    const terminal = fakeTerminal(['review']);
    expect(await runCommand(terminal, failing)).toBe(3);
    expect(terminal.err()).toBe(
      'tunelint: This is our fault, not yours: x is undefined (TUNELINT_DEBUG=1 shows where).\n',
    );
    const debugging = fakeTerminal(['review'], { env: { TUNELINT_DEBUG: '1' } });
    expect(await runCommand(debugging, failing)).toBe(3);
    expect(debugging.err()).toMatch(/^tunelint: TypeError: x is\nundefined\n +at /);
  });

  it('is 130 when the user interrupts, and what was opened is closed', async () => {
    const user = new AbortController();
    const closed: string[] = [];
    const code = await runCommand(fakeTerminal(['review'], { signal: user.signal }), async ({ closers }) => {
      await closers.add(async () => void closed.push('source'));
      await closers.add(async () => void closed.push('workers'));
      user.abort(new Interruption('SIGINT'));
      return new Promise(() => {});
    });
    expect(code).toBe(130);
    expect(closed).toEqual(['workers', 'source']);
  });
});

describe('what a review is made of', () => {
  it.each<[string, string[], FakeTerminalOptions, Partial<ReviewRequest>]>([
    [
      'the current folder',
      [],
      {},
      { change: { kind: 'local', repo: '/home/ada/lab', base: null, head: null, worktree: false } },
    ],
    [
      'a folder beside it',
      ['--repo', '../x', '--base', 'a'],
      {},
      { change: { kind: 'local', repo: '/home/ada/x', base: 'a', head: null, worktree: false } },
    ],
    [
      'a folder beside the one that npm was started in',
      ['--repo', '../x'],
      {
        cwd: '/opt/tunelint',
        env: { npm_lifecycle_event: 'review', npm_package_name: 'tunelint', INIT_CWD: '/home/ada/lab' },
      },
      { change: { kind: 'local', repo: '/home/ada/x', base: null, head: null, worktree: false } },
    ],
    [
      'a pull request on GitHub',
      ['--pr', 'acme/lab#12', '--no-cache'],
      {},
      { change: { kind: 'pull-request', name: { owner: 'acme', repo: 'lab', number: 12 } }, cache: false },
    ],
  ])('%s', async (_, args, options, request) => {
    let asked: ReviewRequest | null = null;
    await runCommand(fakeTerminal(['review', ...args], options), async (given) => {
      asked = given;
      return { review: CLEAN, playbook: PLAYBOOK, hosted: null };
    });
    expect(asked).toMatchObject(request);
  });
});

describe('where a review goes', () => {
  it('is a file, whole or not at all, and says where', async () => {
    const terminal = fakeTerminal(['review', '--format', 'json', '--output', 'review.json'], { cwd: folder });
    expect(await runCommand(terminal, making(WITH_ERROR))).toBe(1);
    expect(JSON.parse(await readFile(join(folder, 'review.json'), 'utf8'))).toMatchObject({ schemaVersion: 1 });
    expect(await readdir(folder)).toEqual(['review.json']);
    expect(terminal.err()).toBe(`The review is in ${join(folder, 'review.json')}\n`);
    expect(terminal.out()).toBe('');
  });

  it('is an error of the user where the file cannot be', async () => {
    const terminal = fakeTerminal(['review', '--output', 'no/such/folder/review.txt'], { cwd: folder });
    expect(await runCommand(terminal, making(WITH_ERROR))).toBe(2);
    expect(terminal.err()).toContain('cannot be written (ENOENT). Name a file in a folder that exists');
  });

  it.each<[string, string[], FakeTerminalOptions, boolean]>([
    ['a terminal', [], { isTTY: true }, true],
    ['a pipe', [], {}, false],
    ['a terminal where NO_COLOR is set', [], { isTTY: true, env: { NO_COLOR: '1' } }, false],
    ['a terminal where NO_COLOR is empty', [], { isTTY: true, env: { NO_COLOR: '' } }, true],
    ['a terminal that is dumb', [], { isTTY: true, env: { TERM: 'dumb' } }, false],
    ['a pipe where FORCE_COLOR is set', [], { env: { FORCE_COLOR: '1', NO_COLOR: '1' } }, true],
    ['a terminal where FORCE_COLOR is 0', [], { isTTY: true, env: { FORCE_COLOR: '0' } }, false],
    ['a pipe with --color', ['--color'], { env: { NO_COLOR: '1' } }, true],
    ['a terminal with --no-color', ['--no-color'], { isTTY: true, env: { FORCE_COLOR: '1' } }, false],
  ])('has colours on %s: %#', async (_, args, options, coloured) => {
    const terminal = fakeTerminal(['review', ...args], options);
    await runCommand(terminal, making(WITH_ERROR));
    expect(terminal.out().includes('\u001b[')).toBe(coloured);
  });
});

describe('the progress line', () => {
  const slow = (steps: readonly number[]) => {
    let now = 0;
    const make: MakeReview = async ({ progress }) => {
      for (const [index, time] of steps.entries()) {
        now = time;
        progress('reading files', index + 1, steps.length);
      }
      return { review: CLEAN, playbook: PLAYBOOK, hosted: null };
    };
    return { make, clock: () => now };
  };

  it.each<[string, readonly number[], boolean, string]>([
    ['is not shown for short work', [100, 299], true, ''],
    ['is not shown where nobody looks', [100, 1000], false, ''],
    [
      'is shown on a terminal, not too often, and gone at the end',
      [299, 300, 310, 400],
      true,
      '\u001b[1G\u001b[2Kreading files 2/4\u001b[1G\u001b[2Kreading files 4/4\u001b[1G\u001b[2K',
    ],
  ])('%s', async (_, steps, isTTY, shown) => {
    const { make, clock } = slow(steps);
    const terminal = fakeTerminal(['review', '--no-color'], { isTTY, clock });
    await runCommand(terminal, make);
    expect(terminal.err()).toBe(shown);
  });
});
