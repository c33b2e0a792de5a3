import { execFile, execFileSync } from 'node:child_process';

/** A file of a difference, whatever its size. */
export interface ChangedFile {
  /** The blob on the head; that of the base where the file was removed. */
  readonly sha: string;
  readonly filename: string;
  readonly status: 'added' | 'removed' | 'modified' | 'renamed' | 'changed';
  readonly additions: number;
  readonly deletions: number;
  /** Its path on the base, where it moved. */
  readonly previous_filename?: string;
  /** From the first hunk on; none for binary files, moves without a change, and what became a link. */
  readonly patch?: string;
}

export interface TreeEntry {
  readonly path: string;
  readonly mode: string;
  readonly type: 'blob' | 'tree' | 'commit';
  readonly sha: string;
  readonly size?: number;
}

/** A commit as git keeps it; its moments are in UTC and whole seconds. */
export interface CommitData {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Signature;
  readonly committer: Signature;
  readonly message: string;
}

interface Signature {
  readonly name: string;
  readonly email: string;
  readonly date: string;
}

export interface GitObject {
  readonly sha: string;
  readonly type: string;
  readonly bytes: Buffer;
}

const STATUS = { A: 'added', D: 'removed', M: 'modified', R: 'renamed', T: 'changed' } as const;
const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
const FULL_ID = /^[0-9a-f]{40}$/;

/** A git repository, read as GitHub reads it. */
export class GitData {
  readonly folder: string;
  readonly #differences = new Map<string, readonly ChangedFile[]>();
  readonly #asked: { readonly name: string; readonly resolve: (object: GitObject | null) => void }[] = [];

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Null for what names no commit. */
  commit(name: string): string | null {
    if (name === '' || name.startsWith('-')) return null;
    return this.#line('rev-parse', '--verify', '--quiet', `${name}^{commit}`);
  }

  mergeBase(a: string, b: string): string | null {
    return this.#line('merge-base', a, b);
  }

  isEmpty(): boolean {
    return this.text('for-each-ref', '--count=1') === '';
  }

  /** Commits that `head` has and `base` has not, oldest first. */
  commitsBetween(base: string, head: string): readonly string[] {
    const listed = this.text('rev-list', '--reverse', '--topo-order', `${base}..${head}`);
    return listed.split('\n').filter((line) => line !== '');
  }

  /** One for each id, in their order. */
  commits(ids: readonly string[]): readonly CommitData[] {
    if (ids.length === 0) return [];
    const format = '%H%x1f%T%x1f%P%x1f%an%x1f%ae%x1f%aI%x1f%cn%x1f%ce%x1f%cI%x1f%B%x1e';
    const records = this.text('log', '--no-walk=unsorted', `--format=${format}`, ...ids).split('\x1e');
    const found = records.filter((record) => record.trim() !== '').map(commitIn);
    // Git tells of each commit once, however often it is asked for.
    return ids.flatMap((id) => found.find(({ sha }) => sha === id) ?? []);
  }

  /** Every file between two commits, renames followed. Without a common commit, all of the head is new. */
  difference(base: string | null, head: string): readonly ChangedFile[] {
    const from = base ?? EMPTY_TREE;
    const key = `${from} ${head}`;
    const known = this.#differences.get(key);
    if (known !== undefined) return known;
    const range = ['-M', '-l0', '--no-color', '--no-ext-diff', '--no-textconv', from, head];
    const raw = this.text('diff', '--raw', '-z', '--no-abbrev', ...range).split('\0');
    const sections = this.text('diff', '--full-index', '--unified=3', ...range).split(/^diff --git .*\n/m);
    const files = filesIn(raw, sections.slice(1));
    this.#differences.set(key, files);
    return files;
  }

  /** Everything below a commit or a tree, folders too; null where there is neither. */
  tree(name: string): readonly TreeEntry[] | null {
    try {
      const listed = this.text('ls-tree', '-r', '-t', '-z', '--long', name).split('\0');
      return listed.filter((line) => line !== '').map(entryIn);
    } catch {
      return null;
    }
  }

  /** Null where there is no such object. `name` is an id or `commit:path`. All names of one turn are asked for at once. */
  object(name: string): Promise<GitObject | null> {
    if (this.#asked.length === 0) setImmediate(() => void this.#answerAsked());
    return new Promise((resolve) => this.#asked.push({ name, resolve }));
  }

  /** Null where there is no such blob. */
  async blob(name: string): Promise<GitObject | null> {
    const found = await this.object(name);
    return found?.type === 'blob' ? found : null;
  }

  archive(commit: string, prefix: string): Promise<Buffer> {
    return this.#run(['archive', '--format=tar.gz', `--prefix=${prefix}`, commit], '');
  }

  text(...args: string[]): string {
    return this.bytes(...args).toString('utf8');
  }

  bytes(...args: string[]): Buffer {
    const stdio: ['ignore', 'pipe', 'ignore'] = ['ignore', 'pipe', 'ignore'];
    return execFileSync('git', [...SETTINGS, ...args], { ...this.#options(), stdio });
  }

  async #answerAsked(): Promise<void> {
    const asked = this.#asked.splice(0);
    // A name with a line end would be two.
    const lines = asked.map(({ name }) => (name.includes('\n') ? '' : name));
    const output = await this.#run(['cat-file', '--batch'], lines.map((line) => `${line}\n`).join(''));
    const objects = objectsIn(output, asked.length);
    for (const [at, { resolve }] of asked.entries()) resolve(objects[at] ?? null);
  }

  #line(...args: string[]): string | null {
    try {
      const line = this.text(...args).trim();
      return line === '' ? null : line;
    } catch {
      return null;
    }
  }

  #run(args: readonly string[], input: string): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const options = { ...this.#options(), encoding: 'buffer' as const };
      const child = execFile('git', [...SETTINGS, ...args], options, (error, stdout) =>
        error === null ? resolve(stdout) : reject(error),
      );
      child.stdin?.on('error', () => {});
      child.stdin?.end(input);
    });
  }

  #options() {
    const env = { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' };
    return { cwd: this.folder, env, maxBuffer: 1 << 30 };
  }
}

const SETTINGS = ['-c', 'core.quotepath=false'];

function filesIn(raw: readonly string[], sections: readonly string[]): ChangedFile[] {
  const files: ChangedFile[] = [];
  let [at, section] = [0, 0];
  while (at < raw.length - 1) {
    const [, , before = '', after = '', code = ''] = (raw[at] ?? '').split(' ');
    const letter = code[0] as keyof typeof STATUS;
    const [first = '', second = ''] = [raw[at + 1], raw[at + 2]];
    // A file that became a link is shown as one that goes and one that comes.
    const patch = letter === 'T' ? null : patchOf(sections[section] ?? '');
    files.push({
      sha: letter === 'D' ? before : after,
      filename: letter === 'R' ? second : first,
      status: STATUS[letter] ?? 'changed',
      additions: linesWith('+', patch),
      deletions: linesWith('-', patch),
      ...(letter === 'R' ? { previous_filename: first } : {}),
      ...(patch === null ? {} : { patch }),
    });
    at += letter === 'R' ? 3 : 2;
    section += letter === 'T' ? 2 : 1;
  }
  return files;
}

/** From the first hunk on, without the last line end; null for binary files and for renames without a change. */
function patchOf(section: string): string | null {
  const start = section.search(/^@@ /m);
  return start === -1 ? null : section.slice(start).replace(/\n$/, '');
}

function linesWith(sign: '+' | '-', patch: string | null): number {
  return (patch ?? '').split('\n').filter((line) => line.startsWith(sign)).length;
}

function entryIn(line: string): TreeEntry {
  const tab = line.indexOf('\t');
  const [mode = '', type = '', sha = '', size = '-'] = line.slice(0, tab).split(/ +/);
  const path = line.slice(tab + 1);
  return { path, mode, type: type as TreeEntry['type'], sha, ...(size === '-' ? {} : { size: Number(size) }) };
}

function objectsIn(output: Buffer, count: number): (GitObject | null)[] {
  let at = 0;
  return Array.from({ length: count }, () => {
    const end = output.indexOf(10, at);
    const header = output.subarray(at, end).toString('utf8');
    at = end + 1;
    const [sha = '', type = '', size = ''] = header.split(' ');
    if (!FULL_ID.test(sha) || !/^\d+$/.test(size)) return null;
    const bytes = output.subarray(at, at + Number(size));
    at += bytes.length + 1;
    return { sha, type, bytes };
  });
}

function commitIn(record: string): CommitData {
  const fields = record.trimStart().split('\x1f');
  const [sha = '', tree = '', parents = '', ...rest] = fields;
  const [name = '', email = '', date = '', byName = '', byEmail = '', byDate = '', message = ''] = rest;
  return {
    sha,
    tree,
    parents: parents.split(' ').filter((it) => it !== ''),
    author: { name, email, date: timestamp(new Date(date)) },
    committer: { name: byName, email: byEmail, date: timestamp(new Date(byDate)) },
    message: message.trimEnd(),
  };
}

/** A moment as GitHub tells it: in UTC, in whole seconds. */
export function timestamp(moment: Date): string {
  return moment.toISOString().replace(/\.\d{3}Z$/, 'Z');
}
