import { beforeAll, describe, expect, it } from '@jest/globals';
import type { FrontEnd } from '../../../src/frontends/frontend.js';
import { createRequirementsFrontEnd } from '../../../src/frontends/requirements/front-end.js';
import { DEFAULT_BOUNDS } from '../../../src/model/bounds.js';
import type { FileFacts, RequirementFact } from '../../../src/model/fact.js';
import { repoPath } from '../../../src/model/identifiers.js';

let frontEnd: FrontEnd;

beforeAll(async () => {
  frontEnd = await createRequirementsFrontEnd();
});

function extract(path: string, text: string): FileFacts {
  return frontEnd.extract({ path: repoPath(path), text }, DEFAULT_BOUNDS);
}

function requirements(path: string, text: string): RequirementFact[] {
  return extract(path, text).facts.filter((fact) => fact.kind === 'requirement');
}

/** `library specifier`, or the library alone. */
function written(path: string, text: string): string[] {
  return requirements(path, text).map(({ library, specifier }) => `${library} ${specifier}`.trim());
}

function sources(path: string, text: string): string[] {
  return requirements(path, text).map(({ place }) => text.slice(place.start, place.end));
}

describe('the requirements front-end', () => {
  it.each([
    ['requirements.txt', true],
    ['docker/requirements-gpu.txt', true],
    ['requirements_dev.txt', true],
    ['dev-requirements.txt', true],
    ['requirements/train.txt', true],
    ['constraints.txt', true],
    ['pkg/pyproject.toml', true],
    ['uv.lock', true],
    ['poetry.lock', true],
    ['Pipfile.lock', true],
    ['environment.yml', true],
    ['environment-gpu.yaml', true],
    ['conda.yml', true],
    ['setup.cfg', true],
    ['setup.py', false],
    ['notes.txt', false],
    ['requirements.md', false],
    ['requirements/train/notes.txt', false],
    ['Cargo.lock', false],
    ['config.toml', false],
    ['my-environment.yml', false],
  ])('claims by name: %s', (path, claimed) => {
    expect(frontEnd.claims(repoPath(path))).toBe(claimed);
  });

  describe('reads a line of a requirement file', () => {
    it.each([
      ['a version', 'transformers==4.40.0', ['transformers ==4.40.0']],
      ['a range with blanks', 'trl >= 0.9 , < 0.15', ['trl >=0.9,<0.15']],
      ['a range in brackets', 'trl (>=0.9)', ['trl >=0.9']],
      ['a compatible release', 'peft~=0.11', ['peft ~=0.11']],
      ['a family', 'torch==2.1.*', ['torch ==2.1.*']],
      ['a local version', 'torch==2.1.0+cu118', ['torch ==2.1.0+cu118']],
      ['no version', 'datasets', ['datasets']],
      ['extras', 'transformers[torch, vision]>=4.40', ['transformers >=4.40']],
      ['a marker', 'trl>=0.9 ; python_version < "3.9"', ['trl >=0.9']],
      ['a marker without a blank', "trl>=0.9;python_version<'3.9'", ['trl >=0.9']],
      ['a comment', 'trl>=0.9 # for GRPO', ['trl >=0.9']],
      ['a hash', 'trl==0.9 --hash=sha256:aa', ['trl ==0.9']],
      [
        'hashes on continued lines',
        'trl==0.9 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\npeft',
        ['trl ==0.9', 'peft'],
      ],
      ['a specifier on the next line', 'trl \\\r\n  >=0.9\r\npeft\r\n', ['trl >=0.9', 'peft']],
      ['a name in another spelling', 'Flash_Attn.X==2', ['flash-attn-x ==2']],
      ['a direct reference', 'trl @ git+https://github.com/huggingface/trl@abc', ['trl']],
      ['an editable with a name', '-e git+https://github.com/huggingface/trl#egg=trl', ['trl']],
      ['a URL with a name', 'git+https://github.com/huggingface/trl@v1#egg=trl', ['trl']],
      ['a name that begins like a URL', 'httpx==0.28', ['httpx ==0.28']],
      ['a version that is none, as written', 'trl==latest', ['trl ==latest']],
      ['a masked token', `trl==hf_${'a'.repeat(30)}`, ['trl ==<masked Hugging Face token>']],
      ['a comment line, which is not continued', '# a \\\ntrl', ['trl']],
    ])('with %s', (_, text, expected) => {
      expect(written('requirements.txt', text)).toEqual(expected);
    });

    it.each([
      ['an option', '--extra-index-url https://download.pytorch.org/whl/cu118'],
      ['another file', '-r base.txt'],
      ['constraints', '-c constraints.txt'],
      ['an editable folder', '-e .'],
      ['a folder', './vendor/trl'],
      ['a URL without a name', 'https://example.org/trl-0.9-py3-none-any.whl'],
      ['prose', 'install trl first'],
      ['a template', '{{ cookiecutter.library }}==1'],
      ['a comment', '# trl==0.9'],
      ['a version without an operator', 'trl 0.9'],
      ['nothing', ''],
    ])('and passes over %s', (_, text) => {
      expect(extract('requirements.txt', text)).toEqual({ facts: [], partial: null });
    });

    it('gives the place from the name to the specifier', () => {
      const text =
        '# 训练\n  trl[vllm] >= 0.9,<1 ; python_version < "3.9"\npeft  # any\r\ntorch @ https://x.org/y.whl\n';
      expect(sources('requirements.txt', text)).toEqual(['trl[vllm] >= 0.9,<1', 'peft', 'torch @ https://x.org/y.whl']);
      expect(requirements('requirements.txt', text).map(({ place }) => place.startLine)).toEqual([2, 3, 4]);
    });
  });

  describe('reads pyproject.toml', () => {
    it.each([
      ['dependencies', '[project]\ndependencies = ["trl>=0.9", \'peft\']', ['trl >=0.9', 'peft']],
      ['optional ones', '[project.optional-dependencies]\ntrain = ["trl[vllm]~=0.9"]', ['trl ~=0.9']],
      ['groups', '[dependency-groups]\ndev = ["trl>=0.9", { include-group = "x" }]', ['trl >=0.9']],
      ['development dependencies of uv', '[tool.uv]\ndev-dependencies = ["trl>=0.9"]', ['trl >=0.9']],
      ['a dotted key', 'project.dependencies = ["trl>=0.9"]', ['trl >=0.9']],
      ['a quoted key', '[project]\n"dependencies" = ["trl>=0.9"]', ['trl >=0.9']],
      ['escapes', '[project]\ndependencies = ["trl>=0.9; python_version < \\"3.9\\""]', ['trl >=0.9']],
      ['a comment in a list', '[project]\ndependencies = [\n  # "no"\n  "trl",\n]', ['trl']],
    ])('%s', (_, text, expected) => {
      expect(written('pyproject.toml', text)).toEqual(expected);
    });

    it.each([
      ['^4.40', ['trl >=4.40,<5']],
      ['^4.40.1', ['trl >=4.40.1,<5']],
      ['^0.9', ['trl >=0.9,<0.10']],
      ['^0.9.1', ['trl >=0.9.1,<0.10']],
      ['^0.0.3', ['trl >=0.0.3,<0.0.4']],
      ['^0.0', ['trl >=0.0,<0.1']],
      ['^0', ['trl >=0,<1']],
      ['~4.40', ['trl >=4.40,<4.41']],
      ['~4.40.1', ['trl >=4.40.1,<4.41']],
      ['~4', ['trl >=4,<5']],
      ['~=4.40', ['trl ~=4.40']],
      ['4.*', ['trl ==4.*']],
      ['4.40.1', ['trl ==4.40.1']],
      ['=4.40.1', ['trl ==4.40.1']],
      ['*', ['trl']],
      ['>=4.40, <5', ['trl >=4.40,<5']],
      ['>= 4.40 < 5', ['trl >=4.40,<5']],
      ['!=4.41', ['trl !=4.41']],
      ['^4.40 || ^5.1', ['trl >=4.40,<5', 'trl >=5.1,<6']],
      ['^latest', ['trl ^latest']],
    ])("Poetry's %s", (constraint, expected) => {
      expect(written('pyproject.toml', `[tool.poetry.dependencies]\ntrl = "${constraint}"`)).toEqual(expected);
    });

    it.each([
      ['a table', 'trl = { version = "^0.9", extras = ["vllm"] }', ['trl >=0.9,<0.10']],
      ['git', 'trl = { git = "https://github.com/huggingface/trl", rev = "abc" }', ['trl']],
      ['a list of tables', 'trl = [{ version = "0.9" }, { version = "0.12" }]', ['trl ==0.9', 'trl ==0.12']],
      ['Python itself, which is none', 'python = "^3.10"', []],
      ['another spelling', 'Flash_Attn = "2.5"', ['flash-attn ==2.5']],
    ])("Poetry's dependency as %s", (_, line, expected) => {
      expect(written('pyproject.toml', `[tool.poetry.dependencies]\n${line}`)).toEqual(expected);
    });

    it.each([
      ['a group', '[tool.poetry.group.train.dependencies]\ntrl = "0.9"', ['trl ==0.9']],
      ['development', '[tool.poetry.dev-dependencies]\ntrl = "0.9"', ['trl ==0.9']],
      ['a table of its own', '[tool.poetry.dependencies.trl]\nversion = "0.9"\noptional = true', ['trl ==0.9']],
    ])("Poetry's dependency in %s", (_, text, expected) => {
      expect(written('pyproject.toml', text)).toEqual(expected);
    });

    it('passes over what builds the package, and over other lists', () => {
      const text =
        '[build-system]\nrequires = ["setuptools>=61"]\n[project]\nkeywords = ["trl"]\n[tool.x]\ndependencies = ["trl"]';
      expect(extract('pyproject.toml', text)).toEqual({ facts: [], partial: null });
    });

    it('gives the place inside the quotes, and of the whole line for Poetry', () => {
      const text =
        '[project]\ndependencies = [\n  "trl >=0.9 ; os_name == \'x\'",\n]\n[tool.poetry.dependencies]\npeft = "^0.9" # c\n';
      expect(sources('pyproject.toml', text)).toEqual(['trl >=0.9', 'peft = "^0.9"']);
    });

    it('tells the line of a syntax error, and keeps what it could read', () => {
      const { facts, partial } = extract('pyproject.toml', '[project]\ndependencies = ["trl"]\n[tool\nx = 1\n');
      expect(partial).toMatchObject({ reason: 'syntax-error', line: 3 });
      expect(facts).toHaveLength(1);
    });

    it.each([
      ['arrays', `a = ${'['.repeat(10_000)}${']'.repeat(10_000)}`],
      ['tables', `a = ${'{a='.repeat(10_000)}1${'}'.repeat(10_000)}`],
      ['dependencies', `[project]\ndependencies = ${'['.repeat(10_000)}"trl"${']'.repeat(10_000)}`],
    ])('is not troubled by hostile nesting of %s', (_, text) => {
      expect(extract('pyproject.toml', text).facts).toEqual([]);
    });
  });

  describe('reads lock files', () => {
    it('of uv, without the repository itself', () => {
      const text = [
        'version = 1',
        '[[package]]',
        'name = "own"',
        'version = "0.1.0"',
        'source = { editable = "." }',
        '[[package]]',
        'name = "trl"',
        'version = "0.14.0"',
        'source = { registry = "https://pypi.org/simple" }',
        'wheels = [{ url = "https://x.org/trl.whl", hash = "sha256:aa" }]',
        '[package.metadata]',
        'version = "9"',
      ].join('\n');
      expect(requirements('uv.lock', text)).toMatchObject([
        { library: 'trl', specifier: '==0.14.0', origin: 'locked', place: { startLine: 8, endLine: 8 } },
      ]);
    });

    it('of Poetry', () => {
      const text =
        '[[package]]\nname = "Flash_Attn"\nversion = "2.5.8"\n\n[package.dependencies]\ntorch = "*"\n\n[metadata]\nx = 1\n';
      expect(requirements('poetry.lock', text)).toMatchObject([
        { library: 'flash-attn', specifier: '==2.5.8', origin: 'locked' },
      ]);
    });

    it('of Pipenv, in both sections', () => {
      const text = JSON.stringify(
        {
          _meta: { requires: { python_version: '3.10' } },
          default: { trl: { hashes: ['sha256:aa'], version: '==0.9.0' }, own: { editable: true, path: '.' } },
          develop: { pytest: { version: '==8.0' } },
        },
        null,
        4,
      );
      expect(written('Pipfile.lock', text)).toEqual(['trl ==0.9.0', 'pytest ==8.0']);
      expect(sources('Pipfile.lock', text)).toEqual(['"==0.9.0"', '"==8.0"']);
      expect(requirements('Pipfile.lock', text)[0]?.origin).toBe('locked');
    });

    it('tells when one is too large, or broken', () => {
      const bounds = { ...DEFAULT_BOUNDS, yamlBytes: 10 };
      const source = { path: repoPath('Pipfile.lock'), text: '{"default": {}}' };
      expect(frontEnd.extract(source, bounds).partial).toMatchObject({ reason: 'too-large' });
      expect(extract('Pipfile.lock', '{\n"default": {\n').partial).toMatchObject({ reason: 'syntax-error' });
    });
  });

  describe('reads conda environments', () => {
    it.each([
      ['transformers=4.40', ['transformers ==4.40.*']],
      ['transformers=4.40.*', ['transformers ==4.40.*']],
      ['transformers==4.40.1', ['transformers ==4.40.1']],
      ['transformers=4.40.1=pyhd8ed1ab_0', ['transformers ==4.40.1']],
      ['transformers 4.40.1', ['transformers ==4.40.1']],
      ['transformers 4.40.1 pyhd8ed1ab_0', ['transformers ==4.40.1']],
      ['transformers >=4.40,<5', ['transformers >=4.40,<5']],
      ['transformers>=4.40', ['transformers >=4.40']],
      ['transformers', ['transformers']],
      ['conda-forge::transformers=4.40', ['transformers ==4.40.*']],
      ['transformers 4.40|4.41', ['transformers ==4.40', 'transformers ==4.41']],
      ['pytorch::pytorch=2.1.0', ['torch ==2.1.0.*']],
      ['huggingface_hub=0.23', ['huggingface-hub ==0.23.*']],
    ])('%s', (line, expected) => {
      expect(written('environment.yml', `dependencies:\n  - ${line}\n`)).toEqual(expected);
    });

    it('reads what pip installs in one', () => {
      const text =
        'name: x\ndependencies:\n  - python=3.10\n  - pip:\n      - trl==0.9.6\n      - "peft>=0.11 # c"\n      - -r requirements.txt\n';
      expect(written('environment.yaml', text)).toEqual(['python ==3.10.*', 'trl ==0.9.6', 'peft >=0.11']);
      expect(sources('environment.yaml', text)).toEqual(['python=3.10', 'trl==0.9.6', 'peft>=0.11']);
    });

    it.each([
      ['another shape', 'environment:\n  name: prod\n'],
      ['dependencies of another kind', 'dependencies:\n  trl: 0.9\n'],
      ['a list', '- a\n- b\n'],
      ['no YAML', 'a: [\n'],
      ['nothing', ''],
    ])('says nothing about a file with %s', (_, text) => {
      expect(extract('environment.yml', text)).toEqual({ facts: [], partial: null });
    });
  });

  it('reads setup.cfg', () => {
    const text =
      '[metadata]\nname = x\n[options]\npackages = find:\ninstall_requires =\n    trl>=0.9\n    # peft\n\n    datasets\n[options.extras_require]\ndev = pytest\n';
    expect(written('setup.cfg', text)).toEqual(['trl >=0.9', 'datasets']);
    expect(sources('setup.cfg', text)).toEqual(['trl>=0.9', 'datasets']);
    expect(extract('setup.cfg', '[isort]\nknown = trl\n')).toEqual({ facts: [], partial: null });
  });
});
