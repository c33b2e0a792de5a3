import { cpSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { detectors } from '../../detectors/catalog.js';
import type { ChangeSource } from '../../src/app/ports.js';
import { createChangeReview } from '../../src/app/review-change.js';
import { openGitChange } from '../../src/git/git-change.js';
import { DEFAULT_BOUNDS } from '../../src/model/bounds.js';
import { DEFAULT_JUDGE_OPTIONS } from '../../src/model/rule.js';
import { loadPlaybook } from '../../src/playbook/load-playbook.js';
import { presentGithub } from '../../src/presentation/github/present-github.js';
import { presentJson } from '../../src/presentation/json.js';
import { createRepository, type TestRepository } from '../git/repository.js';
import { extractionInThread } from '../support/source-tree.js';
import { hostFor, pullRequestOf } from './hosting.js';
import { type Github, startGithub } from './stand-in/stand-in.js';

jest.setTimeout(60_000);

const EXAMPLE = fileURLToPath(new URL('../../examples/change/', import.meta.url));
const DETECTORS = new URL('../../detectors/', import.meta.url);

let git: TestRepository;
let github: Github;

/** The example that comes with the package, with what is awkward beside it. */
beforeAll(async () => {
  git = createRepository();
  const put = (side: string) => cpSync(`${EXAMPLE}${side}`, git.folder, { recursive: true });
  put('base');
  git.commit({
    'old/sft.yaml': 'base_model: acme/base\nval_set_size: 0.1\n',
    'large.py': `x = 1\n${'#'.repeat(600_000)}\n`,
    'legacy.py': Buffer.from('# caf\xe9\nx = 1\n', 'latin1'),
    'link.py': { linkTo: 'train.py' },
  });
  git.git('checkout', '-q', '-b', 'change');
  put('head');
  git.rename('old/sft.yaml', 'new/sft.yaml');
  git.commit({
    'new/sft.yaml': 'base_model: acme/base\nval_set_size: 0\n',
    'large.py': `x = 2\n${'#'.repeat(600_000)}\n`,
    'legacy.py': Buffer.from('# caf\xe9\nx = 2\n', 'latin1'),
  });
  git.git('checkout', '-q', 'main');
  git.commit({ 'README.md': 'moved on\n' });
  github = await startGithub();
});

afterAll(async () => {
  expect(github.violations).toEqual([]);
  await github.close();
  git.remove();
});

async function told(source: ChangeSource): Promise<{ readonly json: unknown; readonly posted: unknown }> {
  const extraction = await extractionInThread();
  const review = await createChangeReview({
    source,
    extraction,
    caches: null,
    detectors,
    bounds: DEFAULT_BOUNDS,
    options: DEFAULT_JUDGE_OPTIONS,
    clock: () => 0,
  })();
  await source.close();
  const playbook = await loadPlaybook(DETECTORS);
  return { json: JSON.parse(presentJson(review, playbook)), posted: presentGithub(review, playbook, {}) };
}

it('a pull request gets the same review, to the letter, as its commits in a clone', async () => {
  const repository = github.world.add({ folder: git.folder, name: 'lab' });
  const { pull } = github.people.open(repository, { branch: 'change', fork: { owner: 'someone', id: 5 } });
  const hosted = await told(hostFor(github).installation(77).pullRequestChange(pullRequestOf(repository, pull)));
  const { folder: repo } = git;
  const local = await told(
    await openGitChange({ repo, base: 'main', head: 'change', worktree: false, environment: process.env }),
  );
  expect(hosted).toEqual(local);
  const { findings, files } = hosted.json as { findings: unknown[]; files: { skipped: { path: string }[] } };
  expect(findings.length).toBeGreaterThan(5);
  expect(files.skipped.map(({ path }) => path)).toEqual(['large.py', 'link.py']);
});
