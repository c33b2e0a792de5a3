import { describe, expect, it } from '@jest/globals';
import { repoPath } from '../../../src/model/identifiers.js';
import { maskSecretsInText } from '../../../src/model/secrets.js';
import { factsIn, frontEnd, notebook, read } from './reading.js';

type Case = readonly [source: string, expected: readonly string[]];

describe('the notebook front-end', () => {
  it.each([
    ['train.ipynb', true],
    ['notebooks/a b.ipynb', true],
    ['notebooks/.ipynb_checkpoints/a-checkpoint.ipynb', false],
    ['train.py', false],
    ['train.ipynb.json', false],
  ])('decides on %s by its name', (path, claimed) => {
    expect(frontEnd.claims(repoPath(path))).toBe(claimed);
  });

  it('reads all cells as one module, with scopes of their own for their functions', () => {
    const facts = factsIn('def f():\n  a = 1', 'class B:\n  def g(self):\n    return 2', 'f()');
    expect(facts).toEqual([
      'def f() -> 1',
      '1| a = 1',
      'class B() -> 2',
      '2| def g(self) -> 3',
      '3| return 2',
      'eval f()',
    ]);
  });

  it('reads code cells alone', () => {
    const cells = [
      { cell_type: 'markdown', metadata: {}, source: ['a = 1'] },
      { cell_type: 'raw', metadata: {}, source: ['b = 1'] },
      { cell_type: 'code', metadata: {}, outputs: [{ text: ['c = 1'], source: ['d = 1'] }], source: ['e = 1'] },
    ];
    expect(read(JSON.stringify({ cells })).facts).toEqual([expect.objectContaining({ target: 'e' })]);
  });

  it.each<readonly [name: string, file: unknown]>([
    ['format 4, its lines in a list', { cells: [{ cell_type: 'code', source: ['a = 1\n', 'b = 2'] }] }],
    ['format 4, its lines in one text', { cells: [{ cell_type: 'code', source: 'a = 1\nb = 2' }] }],
    ['format 3', { worksheets: [{ cells: [{ cell_type: 'code', language: 'python', input: ['a = 1\n', 'b = 2'] }] }] }],
    [
      'two worksheets',
      {
        worksheets: [
          { cells: [{ cell_type: 'code', input: 'a = 1' }] },
          { cells: [{ cell_type: 'code', input: 'b = 2' }] },
        ],
      },
    ],
    ['lines without line ends', { cells: [{ cell_type: 'code', source: ['a ', '= ', '1\nb', ' = 2'] }] }],
    ['lines with carriage returns', { cells: [{ cell_type: 'code', source: ['a = 1\r\n', 'b = 2\r\n'] }] }],
    [
      'a kernel that is named',
      {
        cells: [{ cell_type: 'code', source: 'a = 1\nb = 2' }],
        metadata: { kernelspec: { language: 'python', name: 'conda-env-x' }, language_info: { name: 'ipython' } },
      },
    ],
  ])('reads %s', (_name, file) => {
    for (const text of [JSON.stringify(file), JSON.stringify(file, null, 2).replaceAll('\n', '\r\n')]) {
      const { facts, partial } = read(text);
      expect(facts.map((fact) => 'target' in fact && fact.target)).toEqual(['a', 'b']);
      expect(partial).toBeNull();
    }
  });

  it.each([
    ['R', { kernelspec: { language: 'R' } }],
    ['julia', { language_info: { name: 'julia' } }],
  ])('has nothing to read in a notebook of %s', (_language, metadata) => {
    const text = JSON.stringify({ cells: [{ cell_type: 'code', source: 'a <- (1' }], metadata });
    expect(read(text)).toEqual({ facts: [], partial: null });
  });

  it('reads numbers that Python writes and JSON does not have', () => {
    const text = '{"cells": [{"outputs": [NaN, -Infinity, Infinity], "cell_type": "code", "source": "a = \'NaN,\'"}]}';
    expect(read(text)).toMatchObject({ facts: [{ target: 'a', value: { value: 'NaN,' } }], partial: null });
  });

  it('has nothing to tell of an empty notebook', () => {
    expect(read(notebook())).toEqual({ facts: [], partial: null });
    expect(read(notebook('', '\n'))).toEqual({ facts: [], partial: null });
  });
});

describe('a magic', () => {
  it.each<Case>([
    ['%matplotlib inline\na = 1', ['a = 1']],
    ['%load_ext autoreload\n%autoreload 2\na = 1', ['a = 1']],
    ['if a:\n  %cd b\nelse:\n  c = 1', ['eval a', 'c = 1 if']],
    ['def f():\n  %matplotlib inline\nb = 1', ['def f() -> 1', 'b = 1']],
    ['%time trainer.train()', ['eval trainer.train()']],
    ['%timeit -n 1 -r3 f(\n  1)\na = 1', ['eval f(1)', 'a = 1']],
    ['a = %sql select 1\nb = 2', ['a = __', 'b = 2']],
    ['%config A = \\\n  "(\nb = 1', ['b = 1']],
    ['?print\nprint??\ntrainer.train?\n%time?\na = 1', ['a = 1']],
    ['%%time\na = 1', ['a = 1']],
    ['%%capture out --no-stderr\n%%time\n\na = 1', ['a = 1']],
    ['# A title\n\n%%capture\na = 1', ['a = 1']],
    ["%%html\n<b>it's</b>", []],
    ['%%writefile train.py\nimport torch\nTrainer(', []],
    ['%%python\na = 1', []],
    ['%%unheard_of\na = 1', []],
    ['%', []],
    ['!', []],
  ])('%j says no more than what it holds', (source, expected) => {
    expect(factsIn(source)).toEqual(expected);
    expect(read(notebook(source)).partial).toBeNull();
  });

  it.each<Case>([
    ['a = (b\n  % c)', ['a = ?(b, c)']],
    ['a = b \\\n  % c', ['a = ?(b, c)']],
    ['a = """\n%env A=b\n!pip install c\n"""', ['a = "\\n%env A=b\\n!pip install c\\n"']],
    ["a = '''it's\n!ls'''", ['a = "it\'s\\n!ls"']],
    ['a = [  # (\n  "(",\n  b != c,\n]', ['a = ["(", ?(b, c)]']],
    ['a = "%s?" % b', ['a = <b+"?">']],
    ['a %= b', ['a = ?(b)']],
    ['pip = install', ['pip = install']],
    ['cd in a', ['eval ?(cd, a)']],
  ])('is not seen in the Python of %j', (source, expected) => {
    expect(factsIn(source)).toEqual(expected);
  });
});

describe('%env', () => {
  it.each<Case>([
    ['%env A=b', ['os.environ.A = "b"']],
    ['%env A b c', ['os.environ.A = "b c"']],
    ['%set_env A = b', ['os.environ.A = "b"']],
    ['if c:\n  %env A=b', ['eval c', 'os.environ.A = "b" if']],
    ['%env A={b}/c', ['os.environ.A = <b+"/c">']],
    ['%env', []],
    ['%env A', []],
  ])('sets what it sets: %j', (source, expected) => {
    expect(factsIn(source)).toEqual(expected);
  });

  it('says the same as Python does', () => {
    expect(factsIn('%env WANDB_MODE=offline')).toEqual(factsIn('os.environ["WANDB_MODE"] = "offline"'));
  });
});

describe('a command', () => {
  it.each<Case>([
    ['!python train.py --lr 1', ['$ "python" "train.py" "--lr" "1"']],
    ['! python train.py', ['$ "python" "train.py"']],
    ['!!python train.py', ['$ "python" "train.py"']],
    ['%sx python train.py', ['$ "python" "train.py"']],
    ['!A=1 torchrun \\\n  train.py \\\n  --lr 1\nb = 1', ['b = 1', '$ A="1" "torchrun" "train.py" "--lr" "1"']],
    ['if a:\n    !ls\nelse:\n    !cat', ['eval a', '$ "ls"', '$ "cat"']],
    ['a = !nvidia-smi\nb = 1', ['a = __', 'b = 1', '$ "nvidia-smi"']],
    ['a.b, c["d"] = !ls', ['a.b = ?(__)', 'c.d = ?', '$ "ls"']],
    ['!echo "it\'s (" # (\na = 1', ['a = 1', '$ "echo" "it\'s ("']],
    ['cd /content/repo\na = 1', ['a = 1', '$ "cd" "/content/repo"']],
    ['%%bash\npython train.py\n  \nls', ['$ "python" "train.py"', '$ "ls"']],
    ['%%sh -e\nls', ['$ "ls"']],
    ['%%shell\nls', ['$ "ls"']],
    ['%%script bash -e\nls', ['$ "ls"']],
    ['%%!\nls', ['$ "ls"']],
    ['%%script node\nlet a = 1', []],
    ['%%capture\n!ls', ['$ "ls"']],
  ])('is read from %j', (source, expected) => {
    expect(factsIn(source)).toEqual(expected);
    expect(read(notebook(source)).partial).toBeNull();
  });

  it.each<Case>([
    ['!train --model {model} --out=runs/{cfg.name}', ['$ "train" "--model" model <"--out=runs/"+cfg.name>']],
    ["!train '{model}' $model", ['$ "train" model model']],
    ['!train {names[0]} {f(x)} {n:02d}', ['$ "train" ? ? n']],
    ['!{train} > {log} --lr {lr}', ['$ train "--lr" lr']],
    [`!train --args '{"a": 1}' {a,b}`, ['$ "train" "--args" "{\\"a\\": 1}" ?']],
    ['!A={b} train {c}$(ls {d})', ['$ A=b "train" <c+?>', '$ "ls" d']],
    ['%%bash\ntrain {model}', ['$ "train" "{model}"']],
  ])('names the variables of Python in %j', (source, expected) => {
    expect(factsIn(source)).toEqual(expected);
  });

  it('keeps the variables of its shell to itself', () => {
    expect(factsIn('def f():\n  pass', '%%bash\nMODEL=a\ntrain $MODEL', '!MODEL=b')).toEqual([
      'def f() -> 1',
      '2| MODEL = "a"',
      '$ "train" MODEL',
      '3| MODEL = "b"',
    ]);
  });
});

describe('an installation', () => {
  it.each<Case>([
    ['%pip install trl==0.12', ['requires trl==0.12']],
    ['!pip install -q -U "trl>=0.12,<0.15" peft', ['requires trl>=0.12,<0.15', 'requires peft']],
    ['!pip3 install trl[vllm]~=0.12', ['requires trl~=0.12']],
    ['!python -m pip install trl', ['requires trl']],
    ['!{sys.executable} -m pip install trl', ['requires trl']],
    ['!uv pip install --system -qqq trl', ['requires trl']],
    ['%uv pip install trl', ['requires trl']],
    ['!MAX_JOBS=4 pip -q install flash-attn --no-build-isolation', ['requires flash-attn']],
    ['pip install trl', ['requires trl']],
    ['%%bash\npip install \\\n  trl \\\n  peft', ['requires trl', 'requires peft']],
    ['!pip install -r requirements.txt -c limits.txt --index-url https://a.b/c torch', ['requires torch']],
    ['!pip install -e . git+https://github.com/a/b ./c d.whl https://a.b/c.whl', []],
    ['!pip install --upgrade-strategy eager trl=={version} $OTHER', []],
    ['!pip uninstall -y trl', []],
    ['!pip list | grep trl', []],
    ['!conda install trl=0.12', []],
    ['!echo pip install trl', []],
  ])('asks for libraries: %j', (source, expected) => {
    expect(factsIn(source).filter((fact) => fact.startsWith('requires'))).toEqual(expected);
  });
});

describe('a secret', () => {
  const token = `hf_${'aB3'.repeat(10)}`;
  it.each([
    `login(token="${token}")`,
    `HF_TOKEN = '${token}'`,
    `%env HF_TOKEN=${token}`,
    `%env WANDB_API_KEY=${'0a1b'.repeat(10)}`,
    `!huggingface-cli login --token ${token}`,
    `!wandb login ${'0a1b'.repeat(10)}`,
    `%%bash\nexport WANDB_API_KEY=${'0a1b'.repeat(10)}`,
    `!train --hub_token={'${token}'}`,
  ])('is not in the facts of %j', (source) => {
    const facts = JSON.stringify(read(notebook(source)));
    expect(facts).toMatch(/<masked /);
    expect(facts).not.toMatch(/aB3aB3|0a1b0a1b/);
  });

  it.each([
    ['at the start of a line', `f("""\n${token}\n""")`],
    ['behind a letter that is escaped', `# é${token}`],
    ['in a call', `login(token="${token}")`],
    ['in a command', `!wandb login ${'0a1b'.repeat(10)}`],
  ])('is starred out in the raw text, %s', (_where, source) => {
    const text = JSON.stringify({ cells: [{ cell_type: 'code', source }] }).replace('é', '\\u00e9');
    const masked = maskSecretsInText(text, 'a.ipynb');
    expect(masked).not.toMatch(/aB3aB3|0a1b0a1b/);
    expect(masked).toHaveLength(text.length);
    expect(() => JSON.parse(masked)).not.toThrow();
  });
});
