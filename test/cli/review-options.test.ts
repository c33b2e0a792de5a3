import { describe, expect, it } from '@jest/globals';
import { type ReviewOptions, readCommandLine } from '../../src/cli/review-options.js';
import { fakeTerminal } from './fake-terminal.js';

const USUAL: ReviewOptions = {
  repo: null,
  base: null,
  head: null,
  worktree: false,
  pullRequest: null,
  cache: true,
  example: false,
  format: 'text',
  output: null,
  failOn: 'error',
  colour: null,
};
const OWN_SCRIPT = { npm_lifecycle_event: 'review', npm_package_name: 'tunelint' };

describe('the arguments of a review', () => {
  it.each<[string, Partial<ReviewOptions>]>([
    ['', {}],
    ['--repo lab --base v1 --head topic', { repo: 'lab', base: 'v1', head: 'topic' }],
    ['--worktree --base main', { worktree: true, base: 'main' }],
    ['--format json --output r.json', { format: 'json', output: 'r.json' }],
    ['--pr acme/lab#12', { pullRequest: { owner: 'acme', repo: 'lab', number: 12 } }],
    ['--pr A-1/b_c.d-e#7', { pullRequest: { owner: 'A-1', repo: 'b_c.d-e', number: 7 } }],
    ['--fail-on warning', { failOn: 'warning' }],
    ['--color', { colour: true }],
    ['--no-color', { colour: false }],
    ['--example', { example: true, failOn: 'never' }],
    ['--example --fail-on error', { example: true, failOn: 'error' }],
  ])('"%s"', (args, options) => {
    const words = args.split(' ').filter((word) => word !== '');
    expect(readCommandLine(fakeTerminal(['review', ...words]), '1.2.3')).toEqual({
      state: 'review',
      options: { ...USUAL, ...options },
    });
  });

  it.each<[string, Record<string, string>, string[], boolean]>([
    ["Tunelint's own script, with nothing named", OWN_SCRIPT, [], true],
    ["Tunelint's own script, with a format alone", OWN_SCRIPT, ['--format', 'json'], true],
    ["Tunelint's own script, with a repository", OWN_SCRIPT, ['--repo', '.'], false],
    ["Tunelint's own script, with a base", OWN_SCRIPT, ['--base', 'main'], false],
    ["Tunelint's own script, with a head", OWN_SCRIPT, ['--head', 'topic'], false],
    ["Tunelint's own script, with a pull request", OWN_SCRIPT, ['--pr', 'acme/lab#12'], false],
    ["Tunelint's own script, with the work tree", OWN_SCRIPT, ['--worktree'], false],
    ['a script of that name in another package', { ...OWN_SCRIPT, npm_package_name: 'lab' }, [], false],
    ['no script', {}, [], false],
  ])('mean the example for %s: %s', (_, env, args, example) => {
    const line = readCommandLine(fakeTerminal(['review', ...args], { env }), '1.2.3');
    expect(line).toMatchObject({ state: 'review', options: { example } });
  });

  it.each<[string, string]>([
    ['review --fail-on notice', "argument 'notice' is invalid. Allowed choices are error, warning, never"],
    ['review --format xml', 'Allowed choices are text, json'],
    ['review --haed x', '(Did you mean --head?)'],
    ['reviw', '(Did you mean review?)'],
    ['review extra', 'too many arguments'],
    ['review --worktree --head x', "option '--head <ref>' cannot be used with option '--worktree'"],
    ['review --example --base x', "option '--example' cannot be used with option '--base <ref>'"],
    ['review --example --pr a/b#1', "option '--example' cannot be used with option '--pr <owner/repo#number>'"],
    ['review --pr a/b#1 --repo x', "cannot be used with option '--repo <folder>'"],
    ['review --pr a/b#1 --base x', "cannot be used with option '--base <ref>'"],
    ['review --pr a/b#1 --head x', "cannot be used with option '--head <ref>'"],
    ['review --pr a/b#1 --worktree', "cannot be used with option '--worktree'"],
    ...['a/b', 'a/b#0', 'a/b#-1', 'a/b#x', 'b#1', 'a/b/c#1', 'a/..#1', 'https://github.com/a/b/pull/1'].map(
      (name): [string, string] => [`review --pr ${name}`, 'Write it as owner/repo#12.'],
    ),
    ['', 'Usage: tunelint'],
  ])('"%s" is wrong usage: exit code 2, and a word on what is right', (args, message) => {
    const terminal = fakeTerminal(args.split(' ').filter((word) => word !== ''));
    expect(readCommandLine(terminal, '1.2.3')).toEqual({ state: 'answered', exitCode: 2 });
    expect(terminal.err()).toContain(message);
    expect(terminal.out()).toBe('');
  });

  it('answers --version and --help on standard output', () => {
    const version = fakeTerminal(['--version']);
    expect(readCommandLine(version, '1.2.3')).toEqual({ state: 'answered', exitCode: 0 });
    expect(version.out()).toBe('1.2.3\n');
    const help = fakeTerminal(['review', '--help']);
    expect(readCommandLine(help, '1.2.3')).toEqual({ state: 'answered', exitCode: 0 });
    expect(help.out()).toContain('$ tunelint review --worktree');
  });
});
