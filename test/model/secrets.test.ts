import { describe, expect, it } from '@jest/globals';
import {
  findSecrets,
  isSecretName,
  MASKED,
  maskNamedSecret,
  maskSecrets,
  maskSecretsInText,
  secretTraces,
} from '../../src/model/secrets.js';

// Put together here, so that no scanner takes this file for a leak.
const DIGITS = 'a1b2c3d4e5'.repeat(4);
const WORDS = ['correct', 'horse', 'battery', 'staple'].join('-');
const TOKENS = {
  'Hugging Face': `hf_${'aB3'.repeat(11)}`,
  OpenAI: `sk-proj-${'aB3_'.repeat(8)}`,
  GitHub: `ghp_${'aB3'.repeat(12)}`,
  AWS: `AKIA${'AB34'.repeat(4)}`,
  Google: `AIza${'aB3_4'.repeat(7)}`,
  Slack: `xoxb-${'12345-'.repeat(3)}`,
  GitLab: `glpat-${'aB3_'.repeat(5)}`,
};

describe('the tokens of a vendor', () => {
  it.each(Object.entries(TOKENS))('are masked wherever they stand: %s', (vendor, token) => {
    expect(maskSecrets(`a ${token}, b`)).toBe(`a <masked ${vendor} token>, b`);
    expect(maskSecretsInText(`a ${token}, b`, 'a.py')).toBe(`a ${'*'.repeat(token.length)}, b`);
  });
});

describe('a secret name', () => {
  it.each([
    'token',
    'hf_token',
    'HF_TOKEN',
    'hub-token',
    '--hub_token',
    'WANDB_API_KEY',
    'apiKey',
    'os.environ.OPENAI_API_KEY',
    'aws_secret_access_key',
    'client_secret',
    'db.password',
    'PASSWD',
  ])('%s', (name) => {
    expect(isSecretName(name)).toBe(true);
    expect(maskNamedSecret(name, DIGITS)).toBe(MASKED);
    expect(maskNamedSecret(name, WORDS)).toBe(MASKED);
  });

  it.each([
    'eos_token',
    'tokenizer.pad_token',
    'additional_special_tokens',
    'image_token',
    'tokenizer',
    'key',
    'token.id',
  ])('not %s', (name) => {
    expect(isSecretName(name)).toBe(false);
    expect(maskNamedSecret(name, DIGITS)).toBe(DIGITS);
  });

  it.each([
    '',
    'short',
    'two words that are long',
    '<|a_very_long_marker|>',
    '$HF_TOKEN_OF_THE_TRAINING_RUN',
    'https://example.com/path',
  ])('leaves %j, which is no secret', (value) => {
    expect(maskNamedSecret('token', value)).toBe(value);
  });
});

describe('a text as it is shown', () => {
  it.each<[string, string, (secret: string) => string]>([
    ['an assignment', 'a.py', (it) => `wandb_api_key = "${it}"\n`],
    ['an assignment with a type', 'a.py', (it) => `api_key: str = '${it}'`],
    ['an assignment over two lines', 'a.py', (it) => `api_key = (\n    "${it}"\n)`],
    ['a key of the environment', 'a.py', (it) => `os.environ["WANDB_API_KEY"] = "${it}"`],
    ['a default of the environment', 'a.py', (it) => `os.environ.setdefault("HF_TOKEN", "${it}")`],
    ['an argument', 'a.py', (it) => `f(x, token="${it}", y=1)`],
    ['an entry of a dict', 'a.py', (it) => `{"hf_token": "${it}"}`],
    ['a comparison', 'a.py', (it) => `if token == "${it}":`],
    ['a flag in parts', 'a.py', (it) => `["train", "--hub_token", "${it}"]`],
    ['an entry of YAML', 'a.yml', (it) => `hf_token: ${it}\n`],
    ['a quoted entry of YAML', 'a.yml', (it) => `hf_token: "${it}" # mine`],
    ['a list of variables', 'a.yml', (it) => `- name: HF_TOKEN\n  value: ${it}\n`],
    ['an entry of JSON', 'a.json', (it) => `{"api-key":"${it}"}`],
    ['JSON in a string', 'a.json', (it) => `{"a": "{\\"api_key\\": \\"${it}\\"}"}`],
    ['a variable of a shell', 'a.sh', (it) => `export HF_TOKEN=${it}\n`],
    ['a flag', 'a.sh', (it) => `train --token ${it} --lr 1`],
    ['a flag with =', 'a.sh', (it) => `train --hub_token=${it}`],
  ])('stars out %s', (_, path, text) => {
    for (const secret of [DIGITS, WORDS]) {
      expect(maskSecretsInText(text(secret), path)).toBe(text('*'.repeat(secret.length)));
    }
  });

  it.each<[string, string]>([
    ['a.py', `wandb.login(key="${DIGITS}")`],
    ['a.py', `login("${DIGITS}")`],
    ['a.py', `# WANDB_API_KEY=${DIGITS}`],
    ['a.sh', `wandb login --relogin ${DIGITS}`],
  ])('stars out what looks like one: in %s, %s', (path, text) => {
    expect(maskSecretsInText(text, path)).toBe(text.replace(DIGITS, '*'.repeat(DIGITS.length)));
  });

  it.each<[string, string]>([
    ['a.py', 'token = get_hugging_face_access_token()'],
    ['a.py', 'f(token=script_arguments_hub_token_1, hub_token=arguments.hugging_face_hub_token)'],
    ['a.py', `eos_token = "${DIGITS}"`],
    ['a.py', `columns = ["hf_token", "${DIGITS}"]`],
    ['a.py', `revision = "${DIGITS}"`],
    ['a.sh', 'HF_TOKEN=$(cat /run/secrets/hugging_face_token)'],
    ['a.sh', 'huggingface-cli login --token $HUGGING_FACE_HUB_TOKEN_OF_CI --add-to-git-credential'],
    ['a.sh', 'train --token --a-flag-with-a-long-name'],
    ['a.yml', `token: \${oc.env:HUGGING_FACE_HUB_TOKEN}`],
    ['a.yml', `revision: ${DIGITS}`],
    ['README.md', `the token ${WORDS}`],
  ])('leaves in %s: %s', (path, text) => {
    expect(maskSecretsInText(text, path)).toBe(text);
  });

  it('keeps every line and column', () => {
    const text = `a = 1\r\ntoken = "${DIGITS}"\n\nhf = "${TOKENS['Hugging Face']}"\nb = 2`;
    const shown = maskSecretsInText(text, 'a.py');
    expect(shown).toBe(text.replace(DIGITS, '*'.repeat(40)).replace(TOKENS['Hugging Face'], '*'.repeat(36)));
  });
});

describe('a secret that is written out', () => {
  const drawn = ['kQ7vZp2Rx9TmLw4Y', 'cN8sBd6HfJ1gUa3Ee5Wo'].join('');
  const hex = ['9f86d081884c7d65', '9a2feaa0c55ad015', 'a3bf4f1b'].join('');

  it.each<[string, string, string | null, string]>([
    ['a token', 'a.py', 'Hugging Face', `login(token="hf_${drawn.slice(0, 34)}")`],
    ['a token in a comment', 'a.py', 'Hugging Face', `# hf_${drawn.slice(0, 34)}`],
    ['a token in a URL', 'a.sh', 'GitHub', `git clone https://ghp_${drawn}@github.com/acme/x`],
    ['a key under its name', 'a.yml', null, `wandb_api_key: ${hex}`],
    ['a key that is exported', 'a.sh', null, `export WANDB_API_KEY=${hex}`],
    ['mixed letters under a name', 'a.py', null, `api_key = "${drawn}"`],
  ])('is found: %s', (_, path, vendor, text) => {
    const [found, ...others] = findSecrets(text, path, secretTraces(text));
    expect(others).toEqual([]);
    expect(found?.vendor).toBe(vendor);
    const secret = text.slice(found?.start, found?.end);
    expect([drawn, hex].some((it) => secret.includes(it.slice(0, 34)))).toBe(true);
  });

  it.each([
    ['a.py', `token = "hf_${'x'.repeat(34)}"`],
    ['a.py', `token = "hf_${'aB3'.repeat(11)}"`],
    ['a.py', 'api_key = "your-api-key-goes-here-please"'],
    ['a.py', 'OPENAI_API_KEY = "sk-your-openai-api-key-here"'],
    ['a.sh', `export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE`],
    ['a.py', 'access_token = "meta-llama/Llama-2-7b-chat-hf"'],
    ['a.py', 'api_key = "sentence-transformers-all-MiniLM-L6-v2"'],
    ['a.yml', `revision: ${hex}`],
    ['a.py', `eos_token = "${drawn}"`],
    ['a.py', 'token = os.environ["HUGGING_FACE_HUB_TOKEN_2"]'],
  ])('is not, in %s: %s', (path, text) => {
    expect(findSecrets(text, path, secretTraces(text))).toEqual([]);
  });
});
