import { describe, expect, it } from '@jest/globals';
import { repoPath } from '../../src/model/identifiers.js';
import { MASKED } from '../../src/model/secrets.js';
import { factsOf } from '../support/source-tree.js';

const SECRET = 'a1b2c3d4e5'.repeat(4);

async function factsIn(path: string, text: string): Promise<string> {
  const { facts, partial } = await factsOf(repoPath(path), text);
  expect(partial).toBeNull();
  return JSON.stringify(facts);
}

describe('facts hold no secret of', () => {
  it.each([
    `wandb_api_key = "${SECRET}"`,
    `api_key: str = "${SECRET}"`,
    `api_key = (\n    "${SECRET}"\n)`,
    `a, hf_token = 1, "${SECRET}"`,
    `self.token = "${SECRET}"`,
    `os.environ["WANDB_API_KEY"] = "${SECRET}"`,
    `os.environ.setdefault("HF_TOKEN", "${SECRET}")`,
    `os.environ.update({"HF_TOKEN": "${SECRET}"})`,
    `os.environ.update(HF_TOKEN="${SECRET}")`,
    `load(x, token="${SECRET}")`,
    `load(x, token=f"hf-{name}-${SECRET}")`,
    `load(x, token=token or "${SECRET}")`,
    `load(x, token="${SECRET}" if a else None)`,
    `load(x, token=-"${SECRET}")`,
    `wandb.login(key="${SECRET}")`,
    `login("${SECRET}")`,
    `parser.add_argument("--hub_token", type=str, default="${SECRET}")`,
    `x = {"hub": {"hf_token": "${SECRET}"}}`,
    `def f(a, token: str = "${SECRET}"): ...`,
    `class A(B, token="${SECRET}"):\n    api_key: str = "${SECRET}"`,
    `@decorated(token="${SECRET}")\ndef f(): ...`,
    `lambda token="${SECRET}": 1`,
    `if token == "${SECRET}": pass`,
    `print(not f(api_key="${SECRET}"))`,
    `subprocess.run(["train", "--hub_token", "${SECRET}", "--token=${SECRET}"])`,
    `os.system("WANDB_API_KEY=${SECRET} train --token ${SECRET}")`,
    `os.system("wandb login ${SECRET}")`,
  ])('Python: %s', async (text) => {
    expect(await factsIn('a.py', text)).not.toContain(SECRET);
  });

  it.each([
    ['a.yml', `hf_token: ${SECRET}`],
    ['a.yml', `hub: {api-key: "${SECRET}"}`],
    ['a.yml', `env:\n  - name: HF_TOKEN\n    value: ${SECRET}`],
    ['a.yml', `args: [train, --token, "${SECRET}", --hub_token=${SECRET}]`],
    ['a.yml', `run: |\n  export WANDB_API_KEY=${SECRET}\n  train --token ${SECRET}`],
    ['a.yml', `token: "\${prefix}-${SECRET}"`],
    ['a.json', `{"runs": [{"wandb_api_key": "${SECRET}"}]}`],
    ['a.sh', `HF_TOKEN=${SECRET}`],
    ['a.sh', `export HF_TOKEN="${SECRET}"`],
    ['a.sh', `HF_TOKEN=${SECRET} train --lr 1`],
    ['a.sh', `env HF_TOKEN=${SECRET} train`],
    ['a.sh', `train --token ${SECRET} --hub_token="${SECRET}" hub.token=${SECRET}`],
    ['a.sh', `TOKEN=\${TOKEN:-${SECRET}}`],
    ['a.sh', `wandb login ${SECRET}`],
    ['a.sh', `docker run -e HF_TOKEN=${SECRET} image`],
  ])('%s: %s', async (path, text) => {
    expect(await factsIn(path, text)).not.toContain(SECRET);
  });

  it('says that something was there', async () => {
    expect(await factsIn('a.py', `f(token="${SECRET}")`)).toContain(MASKED);
  });
});

describe('facts keep', () => {
  it.each([
    ['a.py', `revision = "${SECRET}"`, SECRET],
    ['a.py', `eos_token = "${SECRET}"`, SECRET],
    ['a.py', 'token = os.environ["THE_HUGGING_FACE_TOKEN"]', 'THE_HUGGING_FACE_TOKEN'],
    ['a.py', 'f(token=get(key="the-name-of-some-secret-key"))', 'the-name-of-some-secret-key'],
    ['a.yml', `pad_token: ${SECRET}`, SECRET],
    ['a.sh', 'train --token --a-flag-with-a-long-name', '--a-flag-with-a-long-name'],
    ['a.sh', 'huggingface-cli login --add-to-git-credential', '--add-to-git-credential'],
  ])('%s: %s', async (path, text, kept) => {
    expect(await factsIn(path, text)).toContain(kept);
  });
});
