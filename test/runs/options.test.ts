import { describe, expect, it } from '@jest/globals';
import type { Files } from '../support/source-tree.js';
import { nameIn, program, runsOf, said, script } from './resolving.js';

const ARGPARSE = 'import argparse\np = argparse.ArgumentParser()\n';
const DATACLASS = 'from dataclasses import dataclass, field\n@dataclass\nclass C:\n    name: str = "a/b"\n';

describe('an option of argparse', () => {
  it.each<[string, string, string, unknown]>([
    ['has its default', 'p.add_argument("--name", default="a/b")\nargs = p.parse_args()', '', 'default a/b'],
    ['is what the command says', 'p.add_argument("--name", default="a/b")\nargs = p.parse_args()', '--name c/d', 'c/d'],
    ['is found by its short flag', 'p.add_argument("-n", "--name")\nargs = p.parse_args()', '-n c/d', 'c/d'],
    ['is kept where it says', 'p.add_argument("--model", dest="name")\nargs = p.parse_args()', '--model c/d', 'c/d'],
    ['is not another of a like name', 'p.add_argument("--name")\nargs = p.parse_args()', '--names c/d', '?'],
    ['has no value of its own', 'p.add_argument("--name")\nargs = p.parse_args()', '', '?'],
    ['is the word at its place', 'p.add_argument("name")\nargs = p.parse_args()', 'c/d', 'c/d'],
    ['is not a word behind a switch', 'p.add_argument("name")\nargs = p.parse_args()', '--debug c/d', '?'],
    [
      'of several words is not the first',
      'p.add_argument("--name", nargs="+")\nargs = p.parse_args()',
      '--name c/d e',
      '?',
    ],
    [
      'belongs to a group',
      'g = p.add_argument_group("x")\ng.add_argument("--name", default="a/b")\nargs = p.parse_args()',
      '',
      'default a/b',
    ],
    [
      'is one of those that are known',
      'p.add_argument("--name", default="a/b")\nargs, rest = p.parse_known_args()',
      '',
      'default a/b',
    ],
    [
      'has the default that is set later',
      'p.add_argument("--name", default="x/y")\np.set_defaults(name="a/b")\nargs = p.parse_args()',
      '',
      'default a/b',
    ],
    [
      'may have a default set under a condition',
      'p.add_argument("--name", default="x/y")\nif z:\n    p.set_defaults(name="a/b")\nargs = p.parse_args()',
      '',
      '?',
    ],
    [
      'has one of two defaults',
      'p.add_argument("--name", default="x/y")\nq = argparse.ArgumentParser()\nq.add_argument("--name", default="a/b")\nargs = q.parse_args()',
      '',
      '?',
    ],
    [
      'is set on the result',
      'p.add_argument("--name", default="x/y")\nargs = p.parse_args()\nargs.name = "a/b"',
      '',
      'a/b',
    ],
    [
      'may be set on the result',
      'p.add_argument("--name", default="x/y")\nargs = p.parse_args()\nfor k, v in z:\n    setattr(args, k, v)',
      '',
      '?',
    ],
  ])('%s', async (_, before, flags, expected) => {
    const files = withCommand({ 'a.py': script(ARGPARSE + before, 'args.name') }, flags);
    expect(await nameIn(files)).toBe(expected);
  });

  it.each<[string, string, string, unknown]>([
    ['type=int', '--x 3', '', 3],
    ['type=float', '--x 1e-4', '', 0.0001],
    ['type=str2bool', '--x no', '', false],
    ['action="store_true"', '--x', '', true],
    ['action="store_true"', '', '', 'default false'],
    ['action="store_false"', '', '', 'default true'],
    ['action="store_true"', '--x word', '', true],
    ['type=json.loads', '--x 3', '', '?'],
    ['type=bool', '--x False', '', '?'],
    ['type=int', '--x three', '', '?'],
    ['default=3', '', '', 'default 3'],
    ['default=None', '', '', '?'],
  ])('with %s and the flags "%s" is read as its type', async (spec, flags, _, expected) => {
    const text = `${ARGPARSE}p.add_argument("--x", ${spec})\nargs = p.parse_args()\nfrom transformers import Trainer, TrainingArguments\nTrainer(m, TrainingArguments(seed=args.x))\n`;
    const [run] = await runsOf({ 'a.py': text, ...(flags === '' ? {} : { 'run.sh': `python a.py ${flags}\n` }) });
    expect(said(run?.settings.stated.get('seed')?.setting)).toBe(expected);
  });

  it.each<[string, string, string, unknown]>([
    ['vars', 'kw = vars(args)', 'kw["name"]', 'default a/b'],
    ['__dict__', 'kw = args.__dict__', 'kw["name"]', 'default a/b'],
    ['getattr', '', 'getattr(args, "name")', 'default a/b'],
    [
      'an object made of them',
      'from types import SimpleNamespace\nkw = SimpleNamespace(**vars(args))',
      'kw.name',
      'default a/b',
    ],
    ['an f-string', '', 'f"{args.name}-x"', 'default a/b-x'],
    ['a choice', 'NAME = args.name or "c/d"', 'NAME', 'default a/b'],
    ['a dict by its key', 'D = {"a/b": "e/f"}', 'D[args.name]', 'default e/f'],
  ])('keeps its mark through %s', async (_, before, name, expected) => {
    const parser = `${ARGPARSE}p.add_argument("--name", default="a/b")\nargs = p.parse_args()\n`;
    expect(await nameIn({ 'a.py': script(parser + before, name) })).toBe(expected);
  });

  it('is what the command of the script says that takes its parser from another file', async () => {
    const options =
      'import argparse\ndef parse():\n    p = argparse.ArgumentParser()\n    p.add_argument("--name", default="a/b")\n    return p.parse_args()\n';
    const files = { 'options.py': options, 'a.py': script('from options import parse\nargs = parse()', 'args.name') };
    expect(await nameIn(files)).toBe('default a/b');
    expect(await nameIn({ ...files, 'run.sh': 'python a.py --name c/d\n' })).toBe('c/d');
    expect(await nameIn({ ...files, 'run.sh': 'python other.py --name c/d\n', 'other.py': '' })).toBe('default a/b');
  });
});

describe('a class that a parser fills', () => {
  it.each<[string, string, string, string, unknown]>([
    ['tyro', 'import tyro\nc = tyro.cli(C)', 'c.name', '', 'default a/b'],
    ['tyro', 'import tyro\nc = tyro.cli(C)', 'c.name', '--name c/d', 'c/d'],
    ['draccus', 'import draccus\nc = draccus.parse(config_class=C)', 'c.name', '--name=c/d', 'c/d'],
    ['pyrallis', 'import pyrallis\nc = pyrallis.parse(config_class=C)', 'c.name', '', 'default a/b'],
    ['simple_parsing', 'import simple_parsing\nc = simple_parsing.parse(C)', 'c.name', '', 'default a/b'],
    [
      'HfArgumentParser',
      'from transformers import HfArgumentParser\nc, = HfArgumentParser((C,)).parse_args_into_dataclasses()',
      'c.name',
      '--name c/d',
      'c/d',
    ],
    [
      'HfArgumentParser with a list in a name',
      'from transformers import HfArgumentParser\nCS = (C,)\np = HfArgumentParser(CS)\nc = p.parse_args_into_dataclasses()[0]',
      'c.name',
      '',
      'default a/b',
    ],
    [
      'Tap',
      'from tap import Tap\nclass A(Tap):\n    name: str = "a/b"\nc = A().parse_args()',
      'c.name',
      '',
      'default a/b',
    ],
    ['nothing', 'c = C()', 'c.name', '--name c/d', 'a/b'],
    ['a function of that name', 'from mine import cli\nc = cli(C)', 'c.name', '', '?'],
  ])('of %s', async (_, before, name, flags, expected) => {
    const files = withCommand({ 'a.py': script(DATACLASS + before, name) }, flags);
    expect(await nameIn(files)).toBe(expected);
  });

  it.each<[string, string, unknown]>([
    ['', 'c.model.name', 'default a/b'],
    ['--model.name c/d', 'c.model.name', 'c/d'],
    ['--name c/d', 'c.model.name', 'default a/b'],
  ])('holds another: %s', async (flags, name, expected) => {
    const nested = `${DATACLASS}@dataclass\nclass Whole:\n    model: C = field(default_factory=C)\nimport tyro\nc = tyro.cli(Whole)`;
    expect(await nameIn({ 'a.py': script(nested, name), 'run.sh': `python a.py ${flags}\n` })).toBe(expected);
  });

  it('may be read from a file or from the command line by one parser', async () => {
    const branches =
      'import sys\nfrom transformers import HfArgumentParser\np = HfArgumentParser(C)\nif sys.argv[1].endswith(".json"):\n    (c,) = p.parse_json_file(sys.argv[1])\nelse:\n    (c,) = p.parse_args_into_dataclasses()';
    const files = { 'a.py': script(DATACLASS + branches, 'c.name') };
    expect(await nameIn(files)).toBe('default a/b');
    expect(await nameIn({ ...files, 'c.json': '{"name": "c/d"}', 'run.sh': 'python a.py c.json\n' })).toBe('c/d');
  });

  it('of another library is what the command says, and has no default that is known', async () => {
    const parser = 'from trl import ModelConfig, TrlParser\nc, = TrlParser((ModelConfig,)).parse_args_and_config()';
    const files = { 'a.py': script(parser, 'c.model_name_or_path') };
    expect(await nameIn(files)).toBe('?');
    expect(await nameIn({ ...files, 'run.sh': 'python a.py --model_name_or_path c/d\n' })).toBe('c/d');
  });
});

describe('a function that is a program', () => {
  it.each<[string, string, string, string, unknown]>([
    [
      'click',
      'import click\n@click.command()\n@click.option("--name", default="a/b")',
      'def main(name):',
      '',
      'default a/b',
    ],
    [
      'click',
      'import click\n@click.command()\n@click.option("--name", default="a/b")',
      'def main(name):',
      '--name c/d',
      'c/d',
    ],
    [
      'click by its own name',
      'import click\n@click.command()\n@click.option("--model", "name", default="a/b")',
      'def main(name):',
      '--model c/d',
      'c/d',
    ],
    ['click with a word', 'import click\n@click.command()\n@click.argument("name")', 'def main(name):', 'c/d', 'c/d'],
    ['click without a default', 'import click\n@click.command()\n@click.option("--name")', 'def main(name):', '', '?'],
    ['typer', 'import typer\napp = typer.Typer()\n@app.command()', 'def main(name: str = "a/b"):', '', 'default a/b'],
    [
      'typer',
      'import typer\napp = typer.Typer()\n@app.command()',
      'def main(name: str = typer.Option("a/b", "--model")):',
      '--model c/d',
      'c/d',
    ],
    [
      'typer with an annotation',
      'import typer\nfrom typing import Annotated\napp = typer.Typer()\n@app.command()',
      'def main(name: Annotated[str, typer.Option()] = "a/b"):',
      '',
      'default a/b',
    ],
    [
      'typer without a default',
      'import typer\napp = typer.Typer()\n@app.command()',
      'def main(name: str = typer.Option(...)):',
      '',
      '?',
    ],
    ['a decorator of another kind', 'from mine import app\n@app.command()', 'def main(name="a/b"):', '', '?'],
  ])('by %s', async (_, before, head, flags, expected) => {
    const files = withCommand({ 'a.py': program(before, head, 'name') }, flags);
    expect(await nameIn(files)).toBe(expected);
  });

  it.each<[string, string, string, unknown]>([
    ['fire', 'import fire\nfire.Fire(main)\n', '', 'default a/b'],
    ['fire', 'import fire\nfire.Fire(main)\n', '--name=c/d', 'c/d'],
    ['fire of all functions', 'import fire\nfire.Fire()\n', '', 'default a/b'],
    ['typer', 'import typer\ntyper.run(main)\n', '', 'default a/b'],
    ['tyro', 'import tyro\ntyro.cli(main)\n', '', 'default a/b'],
    ['fire, which others call too', 'import fire\nfire.Fire(main)\nmain("e/f")\n', '', '?'],
    ['a plain call', 'main()\n', '', 'a/b'],
    ['nobody', '', '', '?'],
  ])('that is run by %s', async (_, after, flags, expected) => {
    const files = withCommand({ 'a.py': program('', 'def main(name="a/b"):', 'name', after) }, flags);
    expect(await nameIn(files)).toBe(expected);
  });
});

describe('a flag of absl', () => {
  const DEFINED = 'from absl import flags\nFLAGS = flags.FLAGS\nflags.DEFINE_string("name", "a/b", "what it is")';

  it.each<[string, Files, unknown]>([
    ['has its default', { 'a.py': script(DEFINED, 'FLAGS.name') }, 'default a/b'],
    [
      'is what the command says',
      { 'a.py': script(DEFINED, 'FLAGS.name'), 'run.sh': 'python a.py --name=c/d\n' },
      'c/d',
    ],
    [
      'is held by a name',
      { 'a.py': script('from absl import flags\nN = flags.DEFINE_string("name", "a/b", "x")', 'N.value') },
      'default a/b',
    ],
    [
      'is defined in another file',
      { 'b.py': DEFINED, 'a.py': script('from absl import flags\nimport b\nFLAGS = flags.FLAGS', 'FLAGS.name') },
      'default a/b',
    ],
    ['is not an attribute of any FLAGS', { 'a.py': script('from mine import FLAGS', 'FLAGS.name') }, '?'],
    [
      'of two files is neither',
      { 'b.py': DEFINED, 'c.py': DEFINED, 'a.py': script('from absl import flags\nFLAGS = flags.FLAGS', 'FLAGS.name') },
      '?',
    ],
  ])('%s', async (_, files, expected) => {
    expect(await nameIn(files)).toBe(expected);
  });
});

function withCommand(files: Files, flags: string): Files {
  return flags === '' ? files : { ...files, 'run.sh': `python a.py ${flags}\n` };
}
