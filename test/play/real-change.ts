import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** What a commit puts at a path: bytes, or null to take the file away. */
export type Edits = ReadonlyMap<string, Buffer | null>;

/** Where the base of every played pull request is, and where its changes are. */
export const BASE = 'main';

/**
 * One commit of a repository that is on this machine, to be made a pull request of: a bare repository that borrows the
 * objects of the other, in which history is written as people write it. The other is not touched.
 */
export class RealChange {
  readonly folder: string;
  /** The commit, and those that came after it, oldest first. */
  readonly commits: readonly string[];

  constructor(origin: string, commit: string) {
    this.folder = mkdtempSync(join(tmpdir(), 'tunelint-play-'));
    this.#git('init', '--quiet', '--bare', '--template=', `--initial-branch=${BASE}`);
    mkdirSync(join(this.folder, 'objects', 'info'), { recursive: true });
    writeFileSync(join(this.folder, 'objects', 'info', 'alternates'), `${objectsOf(origin)}\n`);
    const tip = text(origin, 'rev-parse', 'HEAD');
    const full = text(origin, 'rev-parse', `${commit}^{commit}`);
    const later = text(origin, 'rev-list', '--reverse', '--ancestry-path', '--no-merges', `${full}..${tip}`);
    this.commits = [full, ...later.split('\n').filter((line) => line !== '')];
    const tree = `${full}^1^{tree}`;
    this.moveTo(BASE, this.#gitWith({}, ['commit-tree', this.#whole(tree), '-m', 'The base of the play']));
  }

  commitOf(name: string): string {
    return this.#git('rev-parse', '--verify', `${name}^{commit}`);
  }

  moveTo(branch: string, commit: string): void {
    this.#git('update-ref', `refs/heads/${branch}`, commit);
  }

  /** A commit with the tree of another one, and with some files edited. What is not on this machine is left out. */
  commitTree(parent: string, tree: string, edits: Edits = new Map()): string {
    const edited = this.#edited(this.#whole(`${tree}^{tree}`), edits);
    return this.#git('commit-tree', edited, '-p', parent, '-m', 'A step of the play');
  }

  /** A tree without the files whose contents are not there: copies of large repositories may lack the largest ones. */
  #whole(tree: string): string {
    const listed = this.#git('ls-tree', '-r', '-z', '--format=%(objecttype) %(objectname) %(path)', tree).split('\0');
    const files = listed.flatMap((line) => {
      const [, blob, path] = /^blob (\S+) (.*)$/s.exec(line) ?? [];
      return blob === undefined || path === undefined ? [] : [{ blob, path }];
    });
    const asked = Buffer.from(files.map(({ blob }) => `${blob}\n`).join(''));
    const states = this.#gitWith({}, ['cat-file', '--batch-check'], asked).split('\n');
    const lacking = files.filter((_, at) => states[at]?.endsWith(' missing') === true);
    return lacking.length === 0 ? tree : this.#edited(tree, new Map(lacking.map(({ path }) => [path, null])));
  }

  #edited(tree: string, edits: Edits): string {
    const index = { GIT_INDEX_FILE: join(this.folder, 'play-index') };
    this.#gitWith(index, ['read-tree', tree]);
    const entries = [...edits].map(([path, bytes]) => `${this.#entryOf(bytes, tree, path)}\t${path}\0`);
    this.#gitWith(index, ['update-index', '-z', '--index-info'], Buffer.from(entries.join('')));
    return this.#gitWith(index, ['write-tree']);
  }

  /** Mode and blob of a file for the index, which it leaves with mode 0. */
  #entryOf(bytes: Buffer | null, tree: string, path: string): string {
    if (bytes === null) return `0 ${'0'.repeat(40)}`;
    const mode = this.#git('ls-tree', '--format=%(objectmode)', tree, '--', path) || '100644';
    return `${mode} ${this.#gitWith({}, ['hash-object', '-w', '--stdin'], bytes)}`;
  }

  /** Null where there is no such file. */
  read(commit: string, path: string): Buffer | null {
    const entry = this.#git('ls-tree', '--format=%(objecttype) %(objectname)', commit, '--', path);
    const [type = '', blob = ''] = entry.split(' ');
    return type === 'blob' ? execFileSync('git', ['cat-file', 'blob', blob], this.#options({})) : null;
  }

  changedFiles(base: string, head: string): readonly string[] {
    const listed = this.#git('diff', '--name-only', '-z', '--no-renames', base, head);
    return listed.split('\0').filter((path) => path !== '');
  }

  /** Where a commit left the base. */
  forkOf(commit: string): string {
    return this.#git('merge-base', BASE, commit);
  }

  /** Those that the commit has and the base has not, oldest first. */
  commitsOf(commit: string): readonly string[] {
    return this.#git('rev-list', '--reverse', `${BASE}..${commit}`)
      .split('\n')
      .filter((line) => line !== '');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #git(...args: string[]): string {
    return this.#gitWith({}, args);
  }

  #gitWith(environment: NodeJS.ProcessEnv, args: readonly string[], input?: Buffer): string {
    const options = this.#options(environment);
    return execFileSync('git', args, input === undefined ? options : { ...options, input })
      .toString('utf8')
      .trim();
  }

  #options(environment: NodeJS.ProcessEnv) {
    return { cwd: this.folder, env: { ...process.env, ...SETTINGS, ...environment }, maxBuffer: 1 << 30 };
  }
}

const SETTINGS = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  // A name with a bracket is no pattern.
  GIT_LITERAL_PATHSPECS: '1',
  GIT_AUTHOR_NAME: 'Ada Example',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada Example',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
};

function objectsOf(origin: string): string {
  return resolve(origin, text(origin, 'rev-parse', '--git-path', 'objects'));
}

function text(folder: string, ...args: string[]): string {
  return execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8', maxBuffer: 1 << 28 }).trim();
}
