import { execFileSync } from 'node:child_process';

/** A file of a difference, as the REST API tells it. */
export interface ChangedFile {
  readonly sha: string;
  readonly filename: string;
  readonly status: 'added' | 'removed' | 'modified' | 'renamed' | 'changed';
  readonly additions: number;
  readonly deletions: number;
  readonly changes: number;
  readonly previous_filename?: string;
  /** Left out for binary files and for what is too large to show. */
  readonly patch?: string;
}

export interface TreeEntry {
  readonly path: string;
  readonly mode: string;
  readonly type: 'blob' | 'tree' | 'commit';
  readonly sha: string;
  readonly size?: number;
}

const STATUS = { A: 'added', D: 'removed', M: 'modified', R: 'renamed', T: 'changed' } as const;

/** A git repository, read as GitHub reads it. */
export class GitData {
  readonly folder: string;
  readonly #differences = new Map<string, readonly ChangedFile[]>();

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Null for what names no commit. */
  commit(name: string): string | null {
    try {
      return this.text('rev-parse', '--verify', '--quiet', `${name}^{commit}`).trim();
    } catch {
      return null;
    }
  }

  mergeBase(a: string, b: string): string | null {
    try {
      return this.text('merge-base', a, b).trim();
    } catch {
      return null;
    }
  }

  count(range: string): number {
    return Number(this.text('rev-list', '--count', range));
  }

  /** Every file between two commits, renames followed. */
  difference(base: string, head: string): readonly ChangedFile[] {
    const key = `${base} ${head}`;
    const known = this.#differences.get(key);
    if (known !== undefined) return known;
    const raw = this.text('diff', '--raw', '-z', '-M', '--no-abbrev', base, head).split('\0');
    const patches = this.text('diff', '-M', '--full-index', '--no-color', '--no-ext-diff', base, head)
      .split(/^diff --git .*\n/m)
      .slice(1);
    const files: ChangedFile[] = [];
    for (let at = 0; at < raw.length - 1; ) {
      const [, , before = '', after = '', code = ''] = (raw[at] ?? '').split(' ');
      const letter = code[0] as keyof typeof STATUS;
      const renamed = letter === 'R';
      const [first = '', second = ''] = [raw[at + 1], raw[at + 2]];
      const patch = patchOf(patches[files.length] ?? '');
      const lines = (patch ?? '').split('\n');
      const additions = lines.filter((line) => line.startsWith('+')).length;
      const deletions = lines.filter((line) => line.startsWith('-')).length;
      files.push({
        sha: letter === 'D' ? before : after,
        filename: renamed ? second : first,
        status: STATUS[letter] ?? 'changed',
        additions,
        deletions,
        changes: additions + deletions,
        ...(renamed ? { previous_filename: first } : {}),
        ...(patch === null ? {} : { patch }),
      });
      at += renamed ? 3 : 2;
    }
    this.#differences.set(key, files);
    return files;
  }

  tree(commit: string): readonly TreeEntry[] {
    return this.text('ls-tree', '-r', '-t', '-z', '--long', commit)
      .split('\0')
      .filter((line) => line !== '')
      .map((line) => {
        const [meta = '', path = ''] = line.split('\t');
        const [mode = '', type = '', sha = '', size = '-'] = meta.split(/ +/);
        return { path, mode, type: type as TreeEntry['type'], sha, ...(size === '-' ? {} : { size: Number(size) }) };
      });
  }

  treeId(commit: string): string {
    return this.text('rev-parse', `${commit}^{tree}`).trim();
  }

  /** Null where there is no such blob. `name` is an id or `commit:path`. */
  blob(name: string): { readonly sha: string; readonly bytes: Buffer } | null {
    try {
      const sha = this.text('rev-parse', '--verify', '--quiet', name).trim();
      if (this.text('cat-file', '-t', sha).trim() !== 'blob') return null;
      return { sha, bytes: this.bytes('cat-file', 'blob', sha) };
    } catch {
      return null;
    }
  }

  archive(commit: string, prefix: string): Buffer {
    return this.bytes('archive', '--format=tar.gz', `--prefix=${prefix}`, commit);
  }

  text(...args: string[]): string {
    return this.bytes(...args).toString('utf8');
  }

  bytes(...args: string[]): Buffer {
    const env = { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' };
    const stdio: ['ignore', 'pipe', 'ignore'] = ['ignore', 'pipe', 'ignore'];
    return execFileSync('git', ['-c', 'core.quotepath=false', ...args], {
      cwd: this.folder,
      env,
      stdio,
      maxBuffer: 1 << 30,
    });
  }
}

/** From the first hunk on, without the last line end; null for binary files and for renames without a change. */
function patchOf(text: string): string | null {
  const start = text.startsWith('@@') ? 0 : text.indexOf('\n@@') + 1;
  return start === 0 && !text.startsWith('@@') ? null : text.slice(start).replace(/\n$/, '');
}

/** The lines of a patch that a review may name, by side, each with the hunk that it is in. */
export function commentableLines(patch: string): {
  readonly LEFT: ReadonlyMap<number, number>;
  readonly RIGHT: ReadonlyMap<number, number>;
} {
  const LEFT = new Map<number, number>();
  const RIGHT = new Map<number, number>();
  let [left, right, hunk] = [0, 0, 0];
  for (const line of patch.split('\n')) {
    const header = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(line);
    if (header !== null) {
      [left, right] = [Number(header[1]), Number(header[2])];
      hunk += 1;
    } else if (line.startsWith('-')) LEFT.set(left++, hunk);
    else if (line.startsWith('+')) RIGHT.set(right++, hunk);
    else if (!line.startsWith('\\')) {
      LEFT.set(left++, hunk);
      RIGHT.set(right++, hunk);
    }
  }
  return { LEFT, RIGHT };
}
