import { describe, expect, it } from '@jest/globals';
import type { Files } from '../support/source-tree.js';
import { nameIn, program, runsOf, said } from './resolving.js';

const HYDRA = 'import hydra\n@hydra.main(config_path="conf", config_name="config", version_base="1.3")';

/** An application of Hydra that trains what an expression of its configuration names. */
function application(name: string, decorator = HYDRA): string {
  return program(decorator, 'def main(cfg):', name, 'main()\n');
}

const FILES: Files = {
  'conf/config.yaml': 'defaults:\n  - model: small\n  - _self_\nseed: 1\n',
  'conf/model/small.yaml': 'name: acme/small\nrevision: v1\n',
  'conf/model/large.yaml': 'name: acme/large\nrevision: v1\n',
};

describe('a list of defaults', () => {
  const flat = 'name: acme/own\n';
  const base = { 'conf/base.yaml': 'name: acme/base\n' };
  it.each<[string, Files, string, unknown]>([
    ['takes a file of a group', {}, 'cfg.model.name', 'acme/small'],
    ['takes a file beside', { ...base, 'conf/config.yaml': 'defaults:\n  - base\n' }, 'cfg.name', 'acme/base'],
    [
      'is below what it stands in',
      { ...base, 'conf/config.yaml': `defaults:\n  - base\n${flat}` },
      'cfg.name',
      'acme/own',
    ],
    [
      'is above what says so',
      { ...base, 'conf/config.yaml': `defaults:\n  - _self_\n  - base\n${flat}` },
      'cfg.name',
      'acme/base',
    ],
    [
      'takes the last of two',
      { ...base, 'conf/other.yaml': flat, 'conf/config.yaml': 'defaults:\n  - other\n  - base\n' },
      'cfg.name',
      'acme/base',
    ],
    [
      'puts a file where it says',
      { 'conf/config.yaml': 'defaults:\n  - model@teacher: large\n' },
      'cfg.teacher.name',
      'acme/large',
    ],
    [
      'puts a file where the file says',
      { 'conf/model/small.yaml': '# @package _global_\nname: acme/small\n' },
      'cfg.name',
      'acme/small',
    ],
    [
      'puts a file where the file says, below another',
      { 'conf/model/small.yaml': '# a note\n# @package trainer.model\nname: acme/small\n' },
      'cfg.trainer.model.name',
      'acme/small',
    ],
    [
      'does without a group',
      { 'conf/config.yaml': 'defaults:\n  - model: null\nmodel: {name: acme/own}\n' },
      'cfg.model.name',
      'acme/own',
    ],
    [
      'does without a file that may be missing',
      { 'conf/config.yaml': 'defaults:\n  - optional model: huge\nmodel: {name: acme/own}\n' },
      'cfg.model.name',
      'acme/own',
    ],
    [
      'takes several of a group',
      { 'conf/config.yaml': 'defaults:\n  - model: [small, large]\n' },
      'cfg.model.name',
      'acme/large',
    ],
    [
      'chooses for an earlier list',
      {
        'conf/exp/x.yaml': '# @package _global_\ndefaults:\n  - override /model: large\n',
        'conf/config.yaml': 'defaults:\n  - model: small\n  - exp: x\n',
      },
      'cfg.model.name',
      'acme/large',
    ],
    [
      'leads on to others',
      { 'conf/exp/x.yaml': 'defaults:\n  - /model@_here_: large\n', 'conf/config.yaml': 'defaults:\n  - exp: x\n' },
      'cfg.exp.name',
      'acme/large',
    ],
    [
      'leaves plug-ins aside',
      { 'conf/config.yaml': 'defaults:\n  - model: small\n  - override hydra/launcher: submitit\n' },
      'cfg.model.name',
      'acme/small',
    ],
    [
      'is not known with a file that is not there',
      { 'conf/config.yaml': 'defaults:\n  - model: small\n  - other\n' },
      'cfg.model.name',
      '?',
    ],
    [
      'is below what it stands in, whatever a computed name may choose',
      { 'conf/config.yaml': `defaults:\n  - model: \${size}\nmodel: {name: a/b}\n` },
      'cfg.model.name',
      'a/b',
    ],
    [
      'is not known where two lists choose',
      {
        'conf/exp/x.yaml': '# @package _global_\ndefaults:\n  - override /model: large\n',
        'conf/exp/y.yaml': '# @package _global_\ndefaults:\n  - override /model: small\n',
        'conf/config.yaml': 'defaults:\n  - model: small\n  - exp: [x, y]\n',
      },
      'cfg.model.name',
      '?',
    ],
    [
      'is not known in a file that was read in part',
      { 'conf/model/small.yaml': 'name: "acme\n' },
      'cfg.model.name',
      '?',
    ],
  ])('%s', async (_, files, name, expected) => {
    expect(await nameIn({ 'a.py': application(name), ...FILES, ...files })).toBe(expected);
  });
});

describe('a name in a configuration', () => {
  it.each<[string, string, unknown]>([
    ['of another key', `org: acme\nname: \${org}/base\n`, 'acme/base'],
    ['of a key of a group', `name: \${model.name}\n`, 'acme/small'],
    ['beside it', `name: \${.other}\nother: acme/b\n`, 'acme/b'],
    ['of a name of a name', `name: \${x}\nx: \${y}\ny: acme/b\n`, 'acme/b'],
    ['of itself', `name: \${name}\n`, '?'],
    ['of nothing', `name: \${nothing}\n`, '?'],
    ['of the environment', `name: \${oc.env:MODEL,acme/b}\n`, '?'],
    ['that selects', `name: \${oc.select:model.path,acme/b}\n`, 'acme/b'],
    ["of the author's own resolver", `name: \${pick:small}\n`, '?'],
    ['still to be given', 'name: ???\n', '?'],
  ])('%s', async (_, keys, expected) => {
    const config = `defaults:\n  - model: small\n  - _self_\n${keys}`;
    expect(await nameIn({ 'a.py': application('cfg.name'), ...FILES, 'conf/config.yaml': config })).toBe(expected);
  });

  it('keeps the default of the environment beside it', async () => {
    const config = `name: \${oc.env:MODEL,acme/b}\n`;
    const [run] = await runsOf({ 'a.py': application('cfg.name'), 'conf/config.yaml': config });
    expect(run?.loads[0]?.name).toMatchObject({
      state: 'dynamic',
      cause: 'environment',
      fallback: { value: 'acme/b' },
    });
  });
});

describe('a command of an application', () => {
  it.each<[string, string, string, unknown]>([
    ['sets a key', 'model.name=acme/x', 'cfg.model.name', 'acme/x'],
    ['adds a key', '+model.path=acme/x', 'cfg.model.path', 'acme/x'],
    ['adds or sets a key', '++model.name=acme/x', 'cfg.model.name', 'acme/x'],
    ['takes a key away', '~model.name', 'cfg.model.name', '?'],
    ['chooses a file', 'model=large', 'cfg.model.name', 'acme/large'],
    ['adds a group', '+model@other=large', 'cfg.other.name', 'acme/large'],
    ['takes a group away', '~model', 'cfg.model.name', '?'],
    ['names the configuration', '--config-name=other', 'cfg.name', 'acme/other'],
    ['hands on what it is given', '"$@"', 'cfg.model.name', '?'],
    ['sets a key by a variable', 'model.name=$NAME', 'cfg.model.name', '?'],
    ['tries several', 'model.name=acme/x,acme/y', 'cfg.model.name', '?'],
    ['names its folder', '--config-path other', 'cfg.model.name', '?'],
  ])('%s: %s', async (_, words, name, expected) => {
    const files = {
      'a.py': application(name),
      ...FILES,
      'conf/other.yaml': 'name: acme/other\n',
      'run.sh': `python a.py ${words}\n`,
    };
    expect(await nameIn(files)).toBe(expected);
  });

  it('that chooses another file is another configuration, one that sets a key is not', async () => {
    const files = { 'a.py': application('cfg.model.name'), ...FILES };
    const shown = async (commands: string): Promise<string[]> =>
      (await runsOf({ ...files, 'run.sh': commands })).map((run) => `${run.id} ${said(run.loads[0]?.name)}`);
    expect(await shown('python a.py\npython a.py model=large\n')).toEqual([
      'a.py#Trainer acme/small',
      'a.py#Trainer@model=large acme/large',
    ]);
    expect(await shown('python a.py seed=2\npython a.py seed=3\n')).toEqual(['a.py#Trainer acme/small']);
    expect(await shown('python a.py model.name=x/y\npython a.py\n')).toEqual(['a.py#Trainer ?']);
  });

  it('keeps the places of a value to the file that states it', async () => {
    const [run] = await runsOf({ 'a.py': application('cfg.model.name'), ...FILES });
    expect(run?.loads[0]?.name).toMatchObject({ at: { path: 'conf/model/small.yaml', startLine: 1 } });
    expect(run?.files).toContain('conf/model/small.yaml');
  });
});

describe('an application', () => {
  it.each<[string, string, Files, unknown]>([
    ['with its files beside it', HYDRA, FILES, 'acme/small'],
    ['with its files outside', 'import hydra\n@hydra.main(config_path="../conf", config_name="config")', FILES, '?'],
    [
      'with a store',
      'import hydra\nfrom dataclasses import dataclass\nfrom hydra.core.config_store import ConfigStore\n@dataclass\nclass M:\n    name: str = "acme/stored"\nConfigStore.instance().store(name="stored", group="model", node=M)\n@hydra.main(config_path="conf", config_name="config")',
      { 'conf/config.yaml': 'defaults:\n  - model: stored\n' },
      'acme/stored',
    ],
    ['of another library', 'import mine\n@mine.main(config_path="conf", config_name="config")', FILES, '?'],
    ['whose folder is computed', 'import hydra\n@hydra.main(config_path=where(), config_name="config")', FILES, '?'],
  ])('%s', async (_, decorator, files, expected) => {
    expect(await nameIn({ 'a.py': application('cfg.model.name', decorator), ...files })).toBe(expected);
  });

  it('composes where it is asked to', async () => {
    const text = (call: string): string =>
      program('from hydra import compose, initialize', 'def main():', 'cfg.model.name').replace(
        'def main():\n',
        `def main():\n    with initialize(config_path="conf"):\n        cfg = ${call}\n`,
      );
    expect(await nameIn({ 'a.py': text('compose(config_name="config")'), ...FILES })).toBe('acme/small');
    expect(await nameIn({ 'a.py': text('compose("config", overrides=["model=large"])'), ...FILES })).toBe('acme/large');
    expect(await nameIn({ 'a.py': text('compose("config", overrides=words)'), ...FILES })).toBe('?');
  });
});

describe('configurations that are merged', () => {
  const FILES_TO_MERGE: Files = {
    'base.yaml': 'model: {name: acme/base, revision: v1}\n',
    'exp.yaml': 'model: {name: acme/exp}\n',
  };
  it.each<[string, string, string, string, unknown]>([
    [
      'have the keys of both',
      'OmegaConf.merge(OmegaConf.load("base.yaml"), OmegaConf.load("exp.yaml"))',
      'cfg.model.revision',
      '',
      'v1',
    ],
    [
      'have the later value',
      'OmegaConf.merge(OmegaConf.load("base.yaml"), OmegaConf.load("exp.yaml"))',
      'cfg.model.name',
      '',
      'acme/exp',
    ],
    [
      'take dicts',
      'OmegaConf.merge(OmegaConf.load("base.yaml"), {"model": {"name": "acme/x"}})',
      'cfg.model.name',
      '',
      'acme/x',
    ],
    [
      'take dotted words',
      'OmegaConf.merge(OmegaConf.load("base.yaml"), OmegaConf.from_dotlist(["model.name=acme/x"]))',
      'cfg.model.name',
      '',
      'acme/x',
    ],
    [
      'take the words of the command',
      'OmegaConf.merge(OmegaConf.load("base.yaml"), OmegaConf.from_cli())',
      'cfg.model.name',
      'model.name=acme/x',
      'acme/x',
    ],
    [
      'take no words where there are none',
      'OmegaConf.merge(OmegaConf.load("base.yaml"), OmegaConf.from_cli())',
      'cfg.model.name',
      '',
      'acme/base',
    ],
    [
      'take what the shell alone knows',
      'OmegaConf.merge(OmegaConf.load("base.yaml"), OmegaConf.from_cli())',
      'cfg.model.name',
      '$1',
      '?',
    ],
    ['take what is not known', 'OmegaConf.merge(OmegaConf.load("base.yaml"), other())', 'cfg.model.name', '', '?'],
    [
      'take what is not known first',
      'OmegaConf.merge(other(), OmegaConf.load("base.yaml"))',
      'cfg.model.name',
      '',
      'acme/base',
    ],
    ['take a class', 'OmegaConf.merge(OmegaConf.structured(C), OmegaConf.load("exp.yaml"))', 'cfg.size', '', 'big'],
    [
      'resolve names across them',
      `OmegaConf.merge(OmegaConf.load("base.yaml"), OmegaConf.create({"x": "\${model.name}"}))`,
      'cfg.x',
      '',
      'acme/base',
    ],
    [
      'become a dict',
      'OmegaConf.to_container(OmegaConf.merge(OmegaConf.load("base.yaml"), OmegaConf.load("exp.yaml")), resolve=True)',
      'cfg["model"]["name"]',
      '',
      'acme/exp',
    ],
  ])('%s', async (_, made, name, words, expected) => {
    const before = `from dataclasses import dataclass\nfrom omegaconf import OmegaConf\n@dataclass\nclass C:\n    size: str = "big"`;
    const text = program(before, 'def main():', name).replace('def main():\n', `def main():\n    cfg = ${made}\n`);
    const files = { 'a.py': text, ...FILES_TO_MERGE };
    expect(await nameIn(words === '' ? files : { ...files, 'run.sh': `python a.py ${words}\n` })).toBe(expected);
  });
});
