import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const ROOT = new URL('..', import.meta.url).pathname;

/** Which rooms a room may import, besides itself. Entry points wire rooms and may import all of them. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  detectors: ['model'],
  model: [],
  notebooks: ['model'],
  frontends: ['model', 'notebooks'],
  runs: ['model'],
  engine: ['model'],
  comparison: ['model'],
  fixes: ['model', 'notebooks'],
  playbook: ['model'],
  presentation: ['model', 'notebooks', 'playbook'],
  app: ['model', 'frontends', 'runs', 'engine', 'comparison', 'fixes', 'playbook', 'presentation'],
  git: ['model', 'app'],
  workers: ['model', 'app', 'frontends'],
  cache: ['model', 'app'],
  store: ['model', 'app'],
  jobs: ['model', 'app', 'store'],
  logging: ['model'],
  github: ['model', 'app'],
  web: ['model', 'app', 'playbook', 'presentation', 'logging'],
};
const ENTRY_POINTS = new Set(['cli', 'index.ts']);
/** Of the entry points, the command line may start the App. */
const STARTED_BY: Readonly<Record<string, string>> = { 'index.ts': 'cli' };
/** The only rooms that touch the disk, other processes or threads. Reading its own pages and grammars is no I/O of a review. */
const ADAPTERS = new Set(['git', 'workers', 'cache', 'store', 'github', 'web', 'cli', 'playbook', 'frontends']);
const OUTSIDE = /^node:(?:fs|child_process|net|http|https|worker_threads|os)(?:\/|$)/;

const files = [...sources('src'), ...sources('detectors')];

describe('rooms', () => {
  it.each(files)('%s imports only what its room may', (file) => {
    const room = roomOf(file);
    const foreign = importsOf(file)
      .filter((name) => name.startsWith('.'))
      .map((name) => roomOf(relative(ROOT, join(ROOT, dirname(file), name))))
      .filter((other) => other !== room);
    if (ENTRY_POINTS.has(room)) {
      expect(foreign.filter((other) => ENTRY_POINTS.has(other) && STARTED_BY[other] !== room)).toEqual([]);
    } else expect(foreign.filter((other) => MAY_IMPORT[room]?.includes(other) !== true)).toEqual([]);
  });

  it.each(files.filter((file) => !ADAPTERS.has(roomOf(file))))('%s touches neither disk nor network', (file) => {
    expect(importsOf(file).filter((name) => OUTSIDE.test(name))).toEqual([]);
  });

  it.each(files.filter((file) => !ENTRY_POINTS.has(roomOf(file))))('%s does not read the environment', (file) => {
    expect(readFileSync(join(ROOT, file), 'utf8')).not.toMatch(/\bprocess\.(?:env|argv)\b/);
  });

  it('knows every room there is', () => {
    const rooms = new Set(files.map(roomOf));
    expect([...rooms].filter((room) => MAY_IMPORT[room] === undefined && !ENTRY_POINTS.has(room))).toEqual([]);
  });
});

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))
    .sort();
}

/** The room of a path from the root: the first folder under `src`, or `detectors`. */
function roomOf(path: string): string {
  const [top, room] = path.split('/');
  return top === 'src' ? (room ?? '') : (top ?? '');
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(/^(?:import|export)\b[^'"]*?from\s+'([^']+)'|^import\s+'([^']+)'/gm)].map(
    (match) => match[1] ?? match[2] ?? '',
  );
}
