import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ReviewDocument } from '../../src/presentation/review-schema.js';
import { cloneRepository, createRepository, type FileContent, type TestRepository } from '../git/repository.js';
import { tunelint } from './built-command.js';

// Each test starts a repository and several processes, which takes its time on a busy machine.
jest.setTimeout(120_000);

const LOAD = 'AutoModelForCausalLM.from_pretrained(BASE';
const TRAIN = `from transformers import AutoModelForCausalLM
from trl import SFTTrainer

BASE = "acme/base-7b"

model = ${LOAD})
trainer = SFTTrainer(model=model)
trainer.train()
`;
const UNTRUSTED = TRAIN.replace(LOAD, `${LOAD}, trust_remote_code=True`);
const REMOTE_CODE = 'artifact-trust-surface/remote-code';

const made: TestRepository[] = [];
afterEach(() => {
  for (const repository of made.splice(0)) repository.remove();
});

type Files = Readonly<Record<string, FileContent>>;

/** A repository whose branch `change` is one commit ahead of `main`. */
function change(base: Files, head: Files): TestRepository {
  const repository = createRepository();
  made.push(repository);
  repository.commit(base);
  repository.git('checkout', '-q', '-b', 'change');
  repository.commit(head);
  return repository;
}

function clone(origin: TestRepository, ...args: string[]): TestRepository {
  const cloned = cloneRepository(origin, ...args);
  made.push(cloned);
  return cloned;
}

function review({ folder }: { readonly folder: string }, ...args: string[]) {
  return tunelint(['review', '--repo', folder, ...args]);
}

async function documentOf(repository: TestRepository, ...args: string[]): Promise<ReviewDocument> {
  const { out, err } = await review(repository, '--format', 'json', ...args);
  expect(err).toBe('');
  return JSON.parse(out);
}

/** Findings as lines, `new artifact-trust-surface/remote-code train.py:6`. */
function told({ findings }: ReviewDocument): string[] {
  return findings.map(({ state, rule, path, startLine }) => `${state} ${rule} ${path}:${startLine}`).sort();
}

describe('a change that makes a training run worse', () => {
  it('fails with the place, the rule, the minimal fix and the scores', async () => {
    const repository = change({ 'train.py': TRAIN }, { 'train.py': UNTRUSTED });

    const { code, out, err } = await review(repository);

    expect(err).toBe('');
    expect(out).toContain(`error  ${REMOTE_CODE}  train.py:6`);
    expect(out).toContain('> 6 │ model = AutoModelForCausalLM.from_pretrained(BASE, trust_remote_code=True)');
    expect(out).toContain('Minimal fix: "avoid `trust_remote_code=true`');
    expect(out).toMatch(/^Artifact Trust Surface .* degraded$/m);
    expect(out).toContain('Files: 1 analysed, 0 in part, 0 skipped');
    expect(code).toBe(1);
  });

  it('fails nothing where nothing is to fail', async () => {
    const repository = change({ 'train.py': TRAIN }, { 'train.py': UNTRUSTED });
    const { code, out } = await review(repository, '--fail-on', 'never');
    expect(out).toContain(REMOTE_CODE);
    expect(code).toBe(0);
  });

  it('is found in the work tree before it is committed', async () => {
    const repository = change({ 'train.py': TRAIN }, { 'README.md': 'more\n' });
    repository.write({ 'train.py': UNTRUSTED, 'notes.py': 'x = 1\n' });

    const { code, out } = await review(repository, '--worktree');

    expect(out).toContain(`error  ${REMOTE_CODE}  train.py:6`);
    expect(out).toContain('Files: 2 analysed');
    expect(code).toBe(1);
    expect(repository.git('status', '--porcelain')).toBe(' M train.py\n?? notes.py');
  });

  it('reads as JSON that the published schema describes', async () => {
    const repository = change({ 'train.py': TRAIN }, { 'train.py': UNTRUSTED, 'broken.py': 'x = (\n' });
    const schema = JSON.parse(readFileSync(new URL('../../schemas/review.schema.json', import.meta.url), 'utf8'));
    const validate = new Ajv2020({ strict: true, allErrors: true }).compile(schema);

    validate(await documentOf(repository));

    expect(validate.errors).toBeNull();
  });

  it('goes to a file when asked', async () => {
    const repository = change({ 'train.py': TRAIN }, { 'train.py': UNTRUSTED });
    const file = join(repository.folder, 'review.json');

    const { code, out } = await review(repository, '--format', 'json', '--output', file);

    expect([code, out]).toEqual([1, '']);
    expect(told(JSON.parse(readFileSync(file, 'utf8')))).toContain(`new ${REMOTE_CODE} train.py:6`);
  });
});

describe('what a change does to runs', () => {
  it('says so where it touches none', async () => {
    const repository = change(
      { 'train.py': UNTRUSTED, 'README.md': 'a\n' },
      { 'README.md': 'b\n', 'app.py': 'x = 1\n' },
    );
    const { code, out, err } = await review(repository);
    expect(out).toMatch(/^Nothing in this change touches a training run · base \w{7} → head \w{7}\n$/);
    expect([code, err]).toEqual([0, '']);
  });

  it('takes a renamed file for the same run', async () => {
    const repository = change({ 'train.py': UNTRUSTED }, {});
    repository.rename('train.py', 'src/finetune.py');
    repository.commit({});

    const found = await documentOf(repository);

    expect(found.runs).toMatchObject([{ state: 'continued', path: 'src/finetune.py' }]);
    expect(found.findings.map(({ state }) => state)).not.toContain('new');
    expect(told(found)).toContain(`unchanged ${REMOTE_CODE} src/finetune.py:6`);
  });

  it('tells what went with a run that was deleted', async () => {
    const repository = change({ 'train.py': UNTRUSTED, 'app.py': 'x = 1\n' }, { 'train.py': null });

    const found = await documentOf(repository);
    const { code, out } = await review(repository);

    expect(found.runs).toMatchObject([{ state: 'removed', path: 'train.py' }]);
    expect(told(found)).toContain(`absent ${REMOTE_CODE} train.py:6`);
    expect(out).toContain('removed with its run');
    expect(code).toBe(0);
  });

  it('greets the first run of a repository, and fails for its errors alone', async () => {
    const first = change({ 'README.md': 'a\n' }, { 'train.py': TRAIN });
    const { code, out } = await review(first, '--fail-on', 'warning');
    expect(out).toMatch(/^first training run: /);
    expect(code).toBe(0);

    const untrusted = change({ 'README.md': 'a\n' }, { 'train.py': UNTRUSTED });
    expect((await review(untrusted)).code).toBe(1);
  });

  it('reviews the first commit of all', async () => {
    const repository = createRepository();
    made.push(repository);
    repository.commit({ 'train.py': UNTRUSTED });
    expect(told(await documentOf(repository))).toContain(`new ${REMOTE_CODE} train.py:6`);
  });
});

describe('clones', () => {
  const LARGE = `# ${'x'.repeat(5_000)}\n`;
  const BETWEEN = ['--base', 'origin/main', '--head', 'origin/change'];

  it('gives the same bytes each time, apart from the timings, and from a clone at another path', async () => {
    const repository = change({ 'train.py': TRAIN }, { 'train.py': UNTRUSTED, 'broken.py': 'x = (\n' });
    const { timings: _, ...first } = await documentOf(repository, '--base', 'main');
    const { timings: __, ...second } = await documentOf(repository, '--base', 'main');
    const { timings: ___, ...elsewhere } = await documentOf(clone(repository), ...BETWEEN);

    expect(JSON.stringify(second)).toBe(JSON.stringify(first));
    expect(JSON.stringify(elsewhere)).toBe(JSON.stringify(first));

    const texts = [await review(repository, '--base', 'main'), await review(clone(repository), ...BETWEEN)];
    expect(texts[1]?.out).toBe(texts[0]?.out);
  });

  it('needs no work tree', async () => {
    const bare = clone(change({ 'train.py': TRAIN }, { 'train.py': UNTRUSTED }), '--bare');
    expect(told(await documentOf(bare, '--base', 'main', '--head', 'change'))).toContain(
      `new ${REMOTE_CODE} train.py:6`,
    );
    const { code, err } = await review(bare, '--worktree');
    expect(err).toMatch(/^tunelint: The repository at `.*` has no work tree.*\n$/);
    expect(code).toBe(2);
  });

  it('lists what a partial clone lacks, fetches nothing and reviews the rest', async () => {
    const origin = change({ 'train.py': TRAIN, 'large.py': LARGE }, { 'train.py': UNTRUSTED });
    const partial = clone(origin, '--filter=blob:limit=2k', '--no-checkout');

    const found = await documentOf(partial, ...BETWEEN);

    expect(told(found)).toContain(`new ${REMOTE_CODE} train.py:6`);
    expect(found.files).toMatchObject({ analysed: ['train.py'], skipped: [{ path: 'large.py', reason: 'missing' }] });
    expect(partial.git('rev-list', '--objects', '--all', '--missing=print')).toMatch(/^\?[0-9a-f]{40}$/m);
  });

  it('says how to deepen a shallow clone that does not hold where the branch left', async () => {
    const origin = change({ 'train.py': TRAIN }, { 'train.py': UNTRUSTED });
    origin.git('checkout', '-q', 'main');
    origin.commit({ 'README.md': 'later\n' });
    const shallow = clone(origin, '--depth=1', '--no-single-branch');

    const { code, out, err } = await review(shallow, ...BETWEEN);

    expect(err).toMatch(/^tunelint: This is a shallow clone, .* Run `git fetch --unshallow`.*\n$/);
    expect([code, out]).toEqual([2, '']);
  });
});

describe('what the user can mend', () => {
  it('is a reference that names nothing', async () => {
    const repository = change({ 'train.py': TRAIN }, {});
    const { code, out, err } = await review(repository, '--base', 'v9.9\u001b[31m');
    expect(err).toMatch(
      /^tunelint: `v9\.9\\u\{1b\}\[31m` names no commit in this repository\. Check the spelling.*\n$/,
    );
    expect([code, out]).toEqual([2, '']);
  });

  it('is a folder without a repository', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tunelint-plain-'));
    try {
      const { code, out, err } = await review({ folder });
      expect(err).toMatch(/^tunelint: `.*` is not inside a git repository\. Name the folder of a git repository.*\n$/);
      expect([code, out]).toEqual([2, '']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is a folder that is not there', async () => {
    const { code, err } = await review({ folder: join(tmpdir(), 'tunelint-nowhere') });
    expect(err).toMatch(/^tunelint: There is no folder `.*`.*\n$/);
    expect(code).toBe(2);
  });
});

describe('colour', () => {
  it.each([
    ['is not in what goes to a file or another program', {}, [], false],
    ['is there where it is forced', { FORCE_COLOR: '1' }, [], true],
    ['is there on request', {}, ['--color'], true],
    ['is not there where the environment refuses it', { NO_COLOR: '1' }, [], false],
    ['is not there where the user refuses it', { FORCE_COLOR: '1' }, ['--no-color'], false],
  ])('%s', async (_, environment, args, coloured) => {
    const { folder } = change({ 'train.py': TRAIN }, { 'train.py': UNTRUSTED });
    const { out } = await tunelint(['review', ...args], { cwd: folder, environment });
    expect(out.includes('\u001b[')).toBe(coloured);
    expect(out).toContain(REMOTE_CODE);
  });
});
