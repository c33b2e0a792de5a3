import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createRepository, type TestRepository } from '../git/repository.js';
import { type AppProcess, eventually, startApp } from '../github/stand-in/app-process.js';
import { type Github, startGithub } from '../github/stand-in/stand-in.js';
import type { HostedRepository } from '../github/stand-in/world.js';

const GOOD = `from transformers import AutoModelForCausalLM
from trl import SFTConfig, SFTTrainer

BASE = "acme/base-7b"
COMMIT = "${'4f1c2d'.repeat(6)}4f1c"
model = AutoModelForCausalLM.from_pretrained(BASE, revision=COMMIT)
trainer = SFTTrainer(model=model, args=SFTConfig(output_dir="out", report_to="wandb"))
trainer.train()
`;
const BAD = GOOD.replace('revision=COMMIT', 'trust_remote_code=True');

let data: string;
let git: TestRepository;
let github: Github;
let hosted: HostedRepository;
let app: AppProcess;

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'tunelint-app-'));
  git = createRepository();
  git.commit({ 'train.py': GOOD });
  git.git('checkout', '-q', '-b', 'change');
  git.commit({ 'train.py': BAD });
  git.git('checkout', '-q', 'main');
  github = await startGithub();
  hosted = github.world.add({ folder: git.folder, name: 'lab' });
  app = await startApp({ github, dataDir: data });
});

afterAll(async () => {
  await app.stop();
  await github.close();
  git.remove();
  rmSync(data, { recursive: true, force: true });
});

describe('a pull request that is opened', () => {
  it('gets a completed check and its comments', async () => {
    const { pull, webhook } = github.people.open(hosted, { branch: 'change' });
    const answer = await webhook.send(app.webhookUrl, app.secret);
    expect(answer.status).toBe(200);
    const check = await eventually('the check is completed', () =>
      hosted.checks.find((it) => it.head === pull.head && it.status === 'completed'),
    );
    if (check.conclusion !== 'failure')
      console.log(check.title, check.summary?.slice(0, 800), github.violations, app.log().slice(-2500));
    expect([check.name, check.conclusion]).toEqual(['Tunelint', 'failure']);
    expect(check.summary).toContain('avoid `trust_remote_code=true`');
    expect(pull.comments.map(({ path, line, side }) => [path, line, side])).toEqual([['train.py', 6, 'RIGHT']]);
    expect(github.violations).toEqual([]);
  });
});
