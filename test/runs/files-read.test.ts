import { describe, expect, it } from '@jest/globals';
import type { Files } from '../support/source-tree.js';
import { nameIn, program, runsOf, said, script } from './resolving.js';

const YAML = 'model:\n  name: a/b\n  revision: main\n';
const READ = 'import yaml\ncfg = yaml.safe_load(open("c.yaml"))';
const NAME = 'cfg["model"]["name"]';

describe('a file that a script reads', () => {
  it.each<[string, string, string]>([
    ['in one statement', READ, NAME],
    ['as a context', 'import yaml\nwith open("c.yaml") as f:\n    cfg = yaml.safe_load(f)', NAME],
    ['as text', 'import yaml\ncfg = yaml.safe_load(open("c.yaml").read())', NAME],
    ['through a path', 'import yaml\nfrom pathlib import Path\ncfg = yaml.safe_load(Path("c.yaml").read_text())', NAME],
    [
      'through an open path',
      'import yaml\nfrom pathlib import Path\nwith Path("c.yaml").open() as f:\n    cfg = yaml.load(f, Loader=yaml.SafeLoader)',
      NAME,
    ],
    [
      'beside the script',
      'import os, yaml\ncfg = yaml.safe_load(open(os.path.join(os.path.dirname(__file__), "c.yaml")))',
      NAME,
    ],
    [
      'beside the script, by its path',
      'import yaml\nfrom pathlib import Path\ncfg = yaml.safe_load((Path(__file__).resolve().parent / "c.yaml").read_text())',
      NAME,
    ],
    [
      'by a function',
      'import yaml\ndef load(path):\n    with open(path) as f:\n        return yaml.safe_load(f)\ncfg = load("c.yaml")',
      NAME,
    ],
    ['with ruamel', 'from ruamel.yaml import YAML\ncfg = YAML(typ="safe").load(open("c.yaml"))', NAME],
    ['with OmegaConf', 'from omegaconf import OmegaConf\ncfg = OmegaConf.load("c.yaml")', 'cfg.model.name'],
    ['into an object', `${READ}\nfrom box import Box\ncfg = Box(cfg)`, 'cfg.model.name'],
    ['into a namespace', `${READ}\nfrom types import SimpleNamespace\nm = SimpleNamespace(**cfg["model"])`, 'm.name'],
    ['into a class of its own', `${READ}\nclass C:\n    name: str = "x/y"\nm = C(**cfg["model"])`, 'm.name'],
    [
      'into an object with a method',
      `${READ}\nclass C:\n    def __init__(self, cfg):\n        self.name = cfg["model"]["name"]\nm = C(cfg)`,
      'm.name',
    ],
    ['by get', READ, 'cfg.get("model").get("name", "x/y")'],
    ['by get with a dict to fall back on', READ, 'cfg.get("model", {}).get("name", "x/y")'],
    ['by pop', `${READ}\nname = cfg["model"].pop("name")`, 'name'],
    ['or nothing', `${READ}\nmodel = cfg["model"] or {}`, 'model["name"]'],
    ['and takes a part of', `${READ}\nmodel = cfg["model"]`, 'model["name"]'],
    ['and hands to a function', `${READ}\ndef name_of(cfg):\n    return cfg["model"]["name"]`, 'name_of(cfg)'],
  ])('%s', async (_, before, name) => {
    const [run] = await runsOf({ 'a.py': script(before, name), 'c.yaml': YAML });
    expect(run?.loads[0]?.name).toMatchObject({ state: 'literal', value: 'a/b', at: { path: 'c.yaml', startLine: 2 } });
    expect(run?.files).toContain('c.yaml');
  });

  it.each<[string, string, string]>([
    ['with another function of that name', 'from mine import safe_load\ncfg = safe_load(open("c.yaml"))', NAME],
    ['whose name is computed', 'import sys, yaml\ncfg = yaml.safe_load(open(sys.argv[1]))', NAME],
    ['that is not there', 'import yaml\ncfg = yaml.safe_load(open("d.yaml"))', NAME],
    ['that lies outside', 'import yaml\ncfg = yaml.safe_load(open("/etc/c.yaml"))', NAME],
    ['without the key', READ, 'cfg["model"]["path"]'],
    ['that changes before', `${READ}\ncfg["model"]["name"] = other()`, NAME],
    ['whose part changes before', `${READ}\ncfg["model"].update(other())`, NAME],
    ['that another function changes', `${READ}\ndef change(c):\n    c["model"] = other()\ncfg.update(other())`, NAME],
    [
      'that is read twice',
      'import yaml\nif x:\n    cfg = yaml.safe_load(open("c.yaml"))\nelse:\n    cfg = other()',
      NAME,
    ],
  ])('is not known %s', async (_, before, name) => {
    expect(await nameIn({ 'a.py': script(before, name), 'c.yaml': YAML })).toBe('?');
  });

  it.each<[string, Files, unknown]>([
    ['beside the script', { 'x/a.py': script(READ, NAME), 'x/c.yaml': YAML }, 'a/b'],
    ['above it', { 'x/y/a.py': script(READ, NAME), 'c.yaml': YAML }, 'a/b'],
    ['in two places', { 'x/a.py': script(READ, NAME), 'x/c.yaml': YAML, 'c.yaml': YAML }, '?'],
    ['beside another script', { 'x/a.py': script(READ, NAME), 'y/c.yaml': YAML }, '?'],
    ['with several documents', { 'a.py': script(READ, NAME), 'c.yaml': `${YAML}---\n${YAML}` }, '?'],
    ['with a value for the shell', { 'a.py': script(READ, NAME), 'c.yaml': 'model:\n  name: $NAME\n' }, '?'],
    [
      'of JSON',
      { 'a.py': script('import json\ncfg = json.load(open("c.json"))', NAME), 'c.json': '{"model": {"name": "a/b"}}' },
      'a/b',
    ],
    [
      'for its folder',
      {
        'x/a.py': script('import yaml\nfrom lib.load import cfg', NAME),
        'lib/load.py':
          'import os, yaml\ncfg = yaml.safe_load(open(os.path.join(os.path.dirname(__file__), "c.yaml")))\n',
        'lib/c.yaml': YAML,
        'x/c.yaml': 'model: {name: x/y}\n',
      },
      'a/b',
    ],
  ])('that lies %s', async (_, files, expected) => {
    expect(await nameIn(files)).toBe(expected);
  });

  it.each<[string, string, string, unknown]>([
    ['by its default', 'p.add_argument("--config", default="c.yaml")', '', 'a/b'],
    ['by the command', 'p.add_argument("--config")', 'python a.py --config c.yaml\n', 'a/b'],
    ['by the word at its place', 'p.add_argument("config")', 'python a.py c.yaml\n', 'a/b'],
    ['by nobody', 'p.add_argument("--config")', '', '?'],
    ['by a variable of the shell', 'p.add_argument("--config", default="c.yaml")', 'python a.py --config $1\n', '?'],
  ])('that is named %s', async (_, option, command, expected) => {
    const parser = `import argparse, yaml\np = argparse.ArgumentParser()\n${option}\nargs = p.parse_args()\ncfg = yaml.safe_load(open(args.config))`;
    const files = { 'a.py': script(parser, NAME), 'c.yaml': YAML };
    expect(await nameIn(command === '' ? files : { ...files, 'run.sh': command })).toBe(expected);
  });

  it('is the first word of the command', async () => {
    const text = script('import sys, yaml\ncfg = yaml.safe_load(open(sys.argv[1]))', NAME);
    expect(await nameIn({ 'a.py': text, 'c.yaml': YAML, 'run.sh': 'python a.py c.yaml\n' })).toBe('a/b');
    expect(await nameIn({ 'a.py': text, 'c.yaml': YAML, 'run.sh': 'python a.py --x c.yaml\n' })).toBe('?');
  });

  it('gives a parser its defaults', async () => {
    const parser =
      'import argparse, yaml\np = argparse.ArgumentParser()\np.add_argument("--name", default="x/y")\np.set_defaults(**yaml.safe_load(open("c.yaml")))\nargs = p.parse_args()';
    expect(await nameIn({ 'a.py': script(parser, 'args.name'), 'c.yaml': 'name: a/b\n' })).toBe('default a/b');
  });

  it('is put over the options', async () => {
    const parser = (over: string): string =>
      `import argparse, yaml\np = argparse.ArgumentParser()\np.add_argument("--name", default="x/y")\nargs = p.parse_args()\n${over}`;
    const cases: [string, string, unknown][] = [
      ['vars(args).update(yaml.safe_load(open("c.yaml")))', 'name: a/b\n', 'a/b'],
      ['args.__dict__.update(yaml.safe_load(open("c.yaml")))', 'other: a/b\n', 'default x/y'],
      ['if x:\n    vars(args).update(yaml.safe_load(open("c.yaml")))', 'name: a/b\n', '?'],
      ['vars(args).update(other())', 'name: a/b\n', '?'],
    ];
    for (const [over, yaml, expected] of cases)
      expect(await nameIn({ 'a.py': script(parser(over), 'args.name'), 'c.yaml': yaml })).toBe(expected);
  });

  it('holds the arguments of a trainer', async () => {
    const text = `from trl import SFTConfig, SFTTrainer\n${READ}\nSFTTrainer("a/b", args=SFTConfig(output_dir="out", **cfg["training"]))\n`;
    const [run] = await runsOf({ 'a.py': text, 'c.yaml': 'training:\n  seed: 3\n  report_to: none\n' });
    expect(said(run?.settings.stated.get('seed')?.setting)).toBe(3);
    expect(said(run?.settings.stated.get('output_dir')?.setting)).toBe('out');
    expect(run?.settings.open).toBeNull();
    expect(run?.settings.stated.get('seed')?.stated).toMatchObject({ path: 'c.yaml', startLine: 2 });
    // What is missing is added where the others stand.
    expect(run?.settings.extend).toMatchObject({ kind: 'key', at: { path: 'c.yaml', startLine: 3 } });
  });
});

describe('a function that is followed', () => {
  it.each<[string, string, string, string, unknown]>([
    ['for each call alone', 'def name(x):\n    return x\nother = name("x/y")', 'def main():', 'name("a/b")', 'a/b'],
    [
      'through two returns that agree',
      'def name(x):\n    if x:\n        return "a/b"\n    return "a/b"',
      'def main():',
      'name(1)',
      'a/b',
    ],
    [
      'through two returns that differ',
      'def name(x):\n    if x:\n        return "a/b"\n    return "x/y"',
      'def main():',
      'name(1)',
      '?',
    ],
    ['unless it calls itself', 'def name(x):\n    return name(x)', 'def main():', 'name("a/b")', '?'],
    ['unless it is decorated', '@change\ndef name(x):\n    return x', 'def main():', 'name("a/b")', '?'],
    [
      'to what its parameter becomes',
      'def name(x=None):\n    if x is None:\n        x = "x/y"\n    return x',
      'def main():',
      'name("a/b")',
      '?',
    ],
  ])('%s', async (_, before, head, name, expected) => {
    expect(await nameIn({ 'a.py': program(before, head, name) })).toBe(expected);
  });
});
