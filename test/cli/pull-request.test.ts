import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createRepository, type TestRepository } from '../git/repository.js';
import { type Github, startGithub } from '../github/stand-in/stand-in.js';
import { type CommandResult, tunelint } from './built-command.js';

// Each test starts a process, which takes its time on a busy machine.
jest.setTimeout(120_000);

const LOAD = 'AutoModelForCausalLM.from_pretrained(BASE';
const TRAIN = `from transformers import AutoModelForCausalLM
from trl import SFTTrainer

BASE = "acme/base-7b"

model = ${LOAD})
trainer = SFTTrainer(model=model)
trainer.train()
`;

let github: Github;
let git: TestRepository;
let token: string;

beforeAll(async () => {
  github = await startGithub();
  git = createRepository();
  git.commit({ 'train.py': TRAIN, 'old.yaml': 'learning_rate: 1.0e-5\n' });
  git.git('checkout', '-q', '-b', 'change');
  git.rename('old.yaml', 'new.yaml');
  git.commit({ 'train.py': TRAIN.replace(LOAD, `${LOAD}, trust_remote_code=True`) });
  git.git('checkout', '-q', 'main');
  git.commit({ 'README.md': 'moved on\n' });
  const repository = github.world.add({ folder: git.folder, name: 'lab', private: true });
  github.people.open(repository, { branch: 'change' });
  token = github.people.token([repository]);
});

afterAll(async () => {
  expect(github.violations).toEqual([]);
  await github.close();
  git.remove();
});

function review(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<CommandResult> {
  const usual = { GITHUB_TOKEN: token, GITHUB_API_URL: github.apiUrl, GH_TOKEN: '', GHE_HOST: '' };
  const options = { environment: { ...usual, ...environment } };
  return tunelint(['review', '--no-cache', '--fail-on', 'never', ...args], options);
}

describe('a pull request that is reviewed from a terminal', () => {
  it('gets the review that its clone gets, and nothing is written', async () => {
    github.clearRequests();
    const hosted = await review(['--pr', 'acme/lab#1', '--format', 'json']);
    const local = await review(['--repo', git.folder, '--base', 'main', '--head', 'change', '--format', 'json']);
    expect(hosted.err).toBe('');
    const [one, other] = [hosted, local].map(({ out }) => ({ ...JSON.parse(out), timings: null }));
    expect(one).toEqual(other);
    expect(one.findings.map(({ rule }: { rule: string }) => rule)).toContain('artifact-trust-surface/remote-code');
    const writes = github.requests.filter(({ method, operation }) => method !== 'GET' && operation !== 'graphql');
    expect(writes).toEqual([]);
  });

  it('is told with links to the lines of its commits', async () => {
    const { out } = await review(['--pr', 'acme/lab#1', '--format', 'markdown']);
    const head = git.git('rev-parse', 'change');
    expect(out).toContain(`(http://${github.host}/acme/lab/blob/${head}/train.py#L6)`);
  });

  it('is told as it would be posted', async () => {
    const { out } = await review(['--pr', 'acme/lab#1', '--format', 'github']);
    const head = git.git('rev-parse', 'change');
    expect(JSON.parse(out)).toMatchObject({
      checkRun: { head_sha: head, conclusion: 'failure' },
      review: { commit_id: head, comments: [{ path: 'train.py', line: 6 }] },
    });
  });

  it('is found at GHE_HOST, with the token of GH_TOKEN', async () => {
    const environment = {
      GITHUB_TOKEN: 'wrong',
      GITHUB_API_URL: 'https://elsewhere.example/api/v3',
      GH_TOKEN: token,
      GHE_HOST: github.host,
      GHE_PROTOCOL: 'http',
    };
    const { code, err } = await review(['--pr', 'acme/lab#1'], environment);
    expect([code, err]).toEqual([0, '']);
  });
});

describe('a pull request that cannot be reviewed', () => {
  it.each<[string, string, Record<string, string>, RegExp]>([
    ['for want of a token', 'acme/lab#1', { GITHUB_TOKEN: '' }, /^tunelint: GITHUB_TOKEN is not set\. Set it to /],
    [
      'for a wrong token',
      'acme/lab#1',
      { GITHUB_TOKEN: 'ghp_wrong' },
      /answered 401 .* The token in GITHUB_TOKEN may be/,
    ],
    [
      'because it does not exist',
      'acme/lab#9',
      {},
      /There is no pull request acme\/lab#9 on http.* Check the spelling/,
    ],
    ['because its repository does not', 'acme/labs#1', {}, /There is no pull request acme\/labs#1 on http/],
    [
      'for an address that is none',
      'acme/lab#1',
      { GITHUB_API_URL: 'github' },
      /GITHUB_API_URL is not an address\. Set/,
    ],
  ])('is an error that can be mended: %s', async (_, name, environment, words) => {
    const { code, out, err } = await review(['--pr', name], environment);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(words);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    expect(err).not.toContain(token);
  });
});
