import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { repoPath } from '../../src/model/identifiers.js';
import type { ReviewDocument } from '../../src/presentation/review-schema.js';
import { createRepository, type TestRepository } from '../git/repository.js';
import { factsOf } from '../support/source-tree.js';
import { tunelint } from './built-command.js';

jest.setTimeout(120_000);

// Put together here, so that no scanner takes this file for a leak.
const NAMED = 'f0e1d2c3b4'.repeat(4);
/** As a vendor would draw it. */
const DRAWN = ['kQ7vZp2Rx9TmLw4Y', 'cN8sBd6HfJ1gUa3Ee5Wo'].join('');
const TOKENS = {
  'Hugging Face': `hf_${DRAWN.slice(0, 34)}`,
  'Hugging Face organisation': `api_org_${DRAWN.slice(0, 34)}`,
  OpenAI: `sk-proj-${DRAWN}`,
  GitHub: `ghp_${DRAWN}`,
  'GitHub fine-grained': `github_pat_${DRAWN}_${DRAWN}`,
  AWS: `AKIA${'QZ7RT4WX2NB9KLMP'}`,
  Google: `AIza${DRAWN.slice(0, 35)}`,
  Slack: `xoxb-${'12345-'.repeat(3)}`,
  GitLab: `glpat-${DRAWN.slice(0, 20)}`,
  'a name': NAMED,
};
const ALL = Object.entries(TOKENS);

/** Faults with a secret in the same line, in the line before and behind them, and in the value that is at fault. */
const FILES = {
  'train.py': `import os
import wandb
from transformers import AutoModelForCausalLM
from trl import SFTTrainer

os.environ["WANDB_API_KEY"] = "${NAMED}"
wandb.login(key="${NAMED}")
${ALL.map(([, token], at) => `m${at} = AutoModelForCausalLM.from_pretrained("acme/base-${at}", token="${token}", trust_remote_code=True)  # ${at === ALL.length - 1 ? '' : token}`).join('\n')}
n = AutoModelForCausalLM.from_pretrained("${TOKENS['Hugging Face']}", trust_remote_code=True)
hub_token = (
    "${NAMED}")
trainer = SFTTrainer(model=m0)
trainer.train()
trainer.model.save_pretrained("out", token="${NAMED}", safe_serialization=False)
`,
  'configs/sft.yml': `base_model: acme/base
hub_token: ${NAMED}
trust_remote_code: true
wandb_api_key: "${NAMED}"
adapter: lora
micro_batch_size: 1
sequence_len: 512
datasets:
  - path: acme/data
${ALL.map(([, token], at) => `    token_${at}: ${token}\n    token: ${token}`)
  .join('\n')
  .replaceAll(`_9: ${NAMED}`, '_9: x')}
`,
  'configs/sft.json': JSON.stringify({
    model_name_or_path: 'acme/base',
    hf_hub_token: NAMED,
    trust_remote_code: true,
    stage: 'sft',
    do_train: true,
    finetuning_type: 'lora',
    dataset: 'x',
    output_dir: 'out',
    notes: ALL.slice(0, -1).map(([, token]) => token),
  }),
  'train.sh': `export HF_TOKEN=${NAMED}
WANDB_API_KEY="${NAMED}" python train.py --hub_token ${NAMED} --token=${NAMED} --trust_remote_code True
wandb login ${NAMED}
trl sft --model_name_or_path acme/base --hub_token ${NAMED} --trust_remote_code
${ALL.slice(0, -1)
  .map(([, token]) => `echo ${token}`)
  .join('\n')}
`,
};

let repository: TestRepository;
let text: string;
let json: string;

beforeAll(async () => {
  repository = createRepository();
  repository.commit({ 'README.md': 'a\n' });
  repository.git('checkout', '-q', '-b', 'change');
  repository.commit(FILES);
  text = (await tunelint(['review', '--repo', repository.folder])).out;
  json = (await tunelint(['review', '--repo', repository.folder, '--format', 'json'])).out;
});
afterAll(() => repository.remove());

describe('a review of files with secrets in them', () => {
  it('finds the faults beside them', () => {
    const { findings, files } = JSON.parse(json) as ReviewDocument;
    expect(new Set(findings.map(({ path }) => path))).toEqual(
      new Set(['train.py', 'configs/sft.yml', 'configs/sft.json', 'train.sh']),
    );
    expect(files).toMatchObject({ partial: [], skipped: [] });
    expect(text).toContain('artifact-trust-surface/remote-code  train.py:8');
    expect(text).toContain('from_pretrained("acme/base-0", token="*****');
  });

  it('tells of each by kind and place', () => {
    const { findings } = JSON.parse(json) as ReviewDocument;
    const told = findings.filter(({ rule }) => rule === 'model-artifact-access/secret-in-source');
    expect(new Set(told.map(({ path }) => path))).toEqual(new Set(Object.keys(FILES)));
    expect(told.find(({ path, startLine }) => path === 'train.py' && startLine === 6)).toMatchObject({
      severity: 'error',
      state: 'new',
      message: expect.stringMatching(/^A secret is written out here/),
    });
    expect(told.map(({ message }) => message.split(' ')[1])).toEqual(
      expect.arrayContaining(['Hugging', 'OpenAI', 'GitHub', 'AWS', 'Google', 'GitLab', 'secret']),
    );
    expect(told.map(({ suggestion }) => suggestion)).toEqual(told.map(() => null));
  });

  it.each(ALL)('shows none of %s in text or JSON', (_, token) => {
    expect(text).not.toContain(token);
    expect(json).not.toContain(token);
  });

  it.each(Object.entries(FILES))('keeps none in the facts of %s', async (path, source) => {
    const facts = JSON.stringify(await factsOf(repoPath(path), source));
    expect(ALL.filter(([, token]) => facts.includes(token)).map(([vendor]) => vendor)).toEqual([]);
  });

  it('offers no edit of a line that holds one', () => {
    const { findings } = JSON.parse(json) as ReviewDocument;
    const save = findings.find(({ rule }) => rule === 'artifact-trust-surface/unsafe-serialization');
    expect(save).toMatchObject({ path: 'train.py', suggestion: null });
  });
});
