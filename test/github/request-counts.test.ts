import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { detectors } from '../../detectors/catalog.js';
import type { AppDependencies } from '../../src/app/dependencies.js';
import { DEFAULT_POLICY } from '../../src/app/policy.js';
import { createPullRequestReview } from '../../src/app/review-pull-request.js';
import { DEFAULT_BOUNDS } from '../../src/model/bounds.js';
import { keyOf } from '../../src/model/pull-request.js';
import { createPlaybook } from '../../src/playbook/load-playbook.js';
import type { Database } from '../../src/store/database.js';
import { openEmbeddedDatabase } from '../../src/store/embedded-database.js';
import { openStore } from '../../src/store/open-store.js';
import { createRepository, type TestRepository } from '../git/repository.js';
import { extractionInThread } from '../support/source-tree.js';
import { hostFor, pullRequestOf, SILENT } from './hosting.js';
import { type Github, startGithub } from './stand-in/stand-in.js';
import type { HostedPull, HostedRepository } from './stand-in/world.js';

// A database, a repository of hundreds of files and whole reviews take their time on a busy machine.
jest.setTimeout(120_000);

const NEVER = new AbortController().signal;

function script(name: string, flag: string): string {
  return `from transformers import AutoModelForCausalLM
from trl import SFTTrainer

model = AutoModelForCausalLM.from_pretrained("acme/${name}"${flag})
trainer = SFTTrainer(model=model)
trainer.train()
`;
}

/** Three hundred files, and two that train. A push changes forty-eight, and lets a training run code that it downloads. */
const TRUSTS = ', trust_remote_code=True';
const FILES = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`lab/part_${at}.py`, `x = ${at}\n`]));

function fortyEight(from: number, word: string): Record<string, string> {
  const names = Object.keys(FILES).slice(from, from + 48);
  return Object.fromEntries(names.map((name) => [name, `${FILES[name]}y = '${word}'\n`]));
}

let github: Github;
let git: TestRepository;
let repository: HostedRepository;
let database: Database;
let deps: AppDependencies;

beforeAll(async () => {
  git = createRepository();
  git.commit({ ...FILES, 'train.py': script('base', ''), 'tune.py': script('other', '') });
  github = await startGithub();
  repository = github.world.add({ folder: git.folder, name: 'lab', private: true });
  database = await openEmbeddedDatabase({
    folder: null,
    onLost: (error) => {
      throw error;
    },
  });
  const store = await openStore(database, async () => {});
  const extraction = await extractionInThread();
  deps = {
    host: hostFor(github, { trees: store.trees, reads: extraction.claims }),
    store,
    extraction,
    detectors: detectors.filter(({ id }) => id === 'artifact-trust-surface'),
    builds: { runs: 'test', judging: 'test' },
    playbook: createPlaybook([]),
    bounds: DEFAULT_BOUNDS,
    policyOf: async () => DEFAULT_POLICY,
    links: { server: `http://${github.host}`, rulePage: null, badge: null },
    log: SILENT,
    now: () => new Date(),
  };
});

afterAll(async () => {
  await database.close();
  await github.close();
  git.remove();
});

/** Pushes to a branch of the repository. */
function push(branch: string, files: Readonly<Record<string, string>>): void {
  const exists = git.git('branch', '--list', branch) !== '';
  git.git('checkout', '-q', ...(exists ? [branch] : ['-b', branch, 'main']));
  git.commit(files);
  git.git('checkout', '-q', 'main');
}

/** An event tells of the pull request, and it is reviewed. Gives the requests that this took, by operation. */
async function reviewed(pull: HostedPull, opened: boolean): Promise<Readonly<Record<string, number>>> {
  const pullRequest = pullRequestOf(repository, pull);
  await deps.store.deliveries.request([{ kind: 'review', pullRequest, opened }]);
  github.clearRequests();
  await createPullRequestReview(deps)(keyOf(pullRequest), NEVER, SILENT);
  expect(github.takeViolations()).toEqual([]);
  expect(repository.checks.findLast(({ head }) => head === pull.head)).toMatchObject({ status: 'completed' });
  return github.countByOperation();
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

describe('a review of up to fifty changed files', () => {
  let pull: HostedPull;

  it('of a repository that was never seen takes at most twelve requests, comments included', async () => {
    push('first', { ...fortyEight(0, 'first'), 'train.py': script('base', TRUSTS) });
    const first = github.people.open(repository, { branch: 'first' }).pull;
    const counts = await reviewed(first, true);
    expect(first.comments).toHaveLength(1);
    expect(counts).toMatchObject({ archive: 1, 'git/get-tree': 2 });
    expect(total(counts)).toBeLessThanOrEqual(12);
  });

  it('of a repository that is known takes at most eight', async () => {
    push('second', { ...fortyEight(100, 'second'), 'tune.py': script('other', TRUSTS) });
    pull = github.people.open(repository, { branch: 'second' }).pull;
    const counts = await reviewed(pull, true);
    expect(pull.comments).toHaveLength(1);
    expect(counts.archive).toBeUndefined();
    expect(total(counts)).toBeLessThanOrEqual(8);
  });

  it('after another push takes at most seven', async () => {
    push('second', { ...fortyEight(100, 'third'), 'train.py': script('base', TRUSTS) });
    github.people.push(repository, pull);
    const counts = await reviewed(pull, false);
    expect(pull.comments).toHaveLength(2);
    expect(total(counts)).toBeLessThanOrEqual(7);
  });
});
