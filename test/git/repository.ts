import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** What a commit puts at a path: a text, bytes, a link, a script, or null to take the file away. */
export type FileContent = string | Buffer | null | { readonly linkTo: string } | { readonly script: string };

/** A real git repository in a temporary folder, the same to the byte each time it is made. */
export interface TestRepository {
  readonly folder: string;
  /** Runs git in the repository and gives back what it printed, without the last line end. */
  readonly git: (...args: string[]) => string;
  /** Writes files without committing them. */
  readonly write: (files: Readonly<Record<string, FileContent>>) => void;
  /** Moves a file to another path, in the work tree and in the index. */
  readonly rename: (from: string, to: string) => void;
  /** Writes files, commits everything in the work tree, and gives back the commit's id. */
  readonly commit: (files: Readonly<Record<string, FileContent>>, message?: string) => string;
  readonly remove: () => void;
}

/** An empty repository on branch `main`. `args` go to `git init`, such as `--bare`. */
export function createRepository(...args: string[]): TestRepository {
  const folder = mkdtempSync(join(tmpdir(), 'tunelint-repository-'));
  runGit(folder, ['init', '--quiet', '--template=', '--initial-branch=main', ...args]);
  return openRepository(folder);
}

/** A clone of a repository over `file://`, with whatever `git clone` is told: `--bare`, `--depth=1`, `--filter=blob:none`. */
export function cloneRepository(origin: TestRepository, ...args: string[]): TestRepository {
  const folder = mkdtempSync(join(tmpdir(), 'tunelint-clone-'));
  // Git serves `--filter` only where the served repository itself allows it, and otherwise ignores it.
  origin.git('config', 'uploadpack.allowFilter', 'true');
  runGit(folder, ['clone', '--quiet', '--template=', ...args, `file://${origin.folder}`, folder]);
  return openRepository(folder);
}

function openRepository(folder: string): TestRepository {
  const git = (...args: string[]) => runGit(folder, args);
  const write = (files: Readonly<Record<string, FileContent>>) => writeFiles(folder, files);
  return {
    folder,
    git,
    write,
    rename(from, to) {
      mkdirSync(dirname(join(folder, to)), { recursive: true });
      git('mv', from, to);
    },
    commit(files, message = 'change') {
      write(files);
      git('add', '--all');
      git('commit', '--quiet', '--allow-empty', '--no-verify', '-m', message);
      return git('rev-parse', 'HEAD');
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function writeFiles(folder: string, files: Readonly<Record<string, FileContent>>): void {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    rmSync(file, { recursive: true, force: true });
    if (content === null) continue;
    mkdirSync(dirname(file), { recursive: true });
    if (typeof content === 'string' || Buffer.isBuffer(content)) writeFileSync(file, content);
    else if ('linkTo' in content) symlinkSync(content.linkTo, file);
    else {
      writeFileSync(file, content.script);
      chmodSync(file, 0o755);
    }
  }
}

/** Neither the settings nor the clock of the machine reach a test repository. */
const ENVIRONMENT = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_COUNT: '2',
  GIT_CONFIG_KEY_0: 'core.autocrlf',
  GIT_CONFIG_VALUE_0: 'false',
  GIT_CONFIG_KEY_1: 'protocol.file.allow',
  GIT_CONFIG_VALUE_1: 'always',
  GIT_AUTHOR_NAME: 'Ada Example',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_AUTHOR_DATE: '2026-01-02T03:04:05Z',
  GIT_COMMITTER_NAME: 'Ada Example',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
  GIT_COMMITTER_DATE: '2026-01-02T03:04:05Z',
  LC_ALL: 'C',
} as const;

function runGit(folder: string, args: readonly string[]): string {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  const output = execFileSync('git', args, {
    cwd: folder,
    env: { ...Object.fromEntries(inherited), ...ENVIRONMENT },
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  return output.replace(/\n$/, '');
}
