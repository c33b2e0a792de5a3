import type { PartialReading } from '../../src/model/fact.js';
import type { FileContent } from '../git/repository.js';

type Reason = PartialReading['reason'];

export interface HostileFile {
  readonly path: string;
  readonly content: FileContent;
  /** What it is listed with, one of them, or with `too-slow` on a busy machine. Empty: read in full. */
  readonly reasons: readonly Reason[];
}

const DEEP = 10_000;
const HEAD = 'from trl import SFTTrainer\n';

/** Files that are made to break whoever reads them, with what a review should say of each. */
export const HOSTILE_FILES: readonly HostileFile[] = [
  // YAML and JSON.
  file('configs/bomb.yml', aliasBomb(), 'too-many-aliases'),
  file('configs/merge-bomb.yml', mergeBomb(), 'too-many-aliases'),
  file('configs/holds-itself.yml', 'base_model: &x [*x]\nadapter: &y {a: *y}\n'),
  file('configs/deep-list.yml', `base_model: acme/base\nadapter: ${nested('[', ']')}\n`, 'too-deep'),
  file('configs/deep-map.yml', `base_model: acme/base\nadapter: ${nested('{a: ', '}', '1')}\n`, 'too-deep'),
  file('configs/deep-dashes.yml', `a:\n  ${'- '.repeat(DEEP)}1\n`, 'too-deep'),
  file('configs/deep-blocks.yml', steps(600, 'a:', 'b: 1'), 'too-deep'),
  file('configs/deep-list.json', `{"base_model": ${nested('[', ']')}}`, 'too-deep'),
  file('configs/deep-map.json', nested('{"base_model":', '}', '1'), 'too-deep'),
  file('configs/open.json', `{"a": ${'['.repeat(DEEP)}`, 'syntax-error', 'too-deep'),
  file('configs/keys.yml', `base_model: acme/base\n${lines(5_000, (at) => `key_${at}: ${at}`)}`),
  file('configs/equal-keys.yml', `base_model: acme/base\n${lines(5_000, () => 'key: value')}`),
  file('configs/tags.yml', 'base_model: !!python/object/apply:os.system ["touch x"]\nmodel: !acme/unknown {a: 1}\n'),
  file('configs/latin.yaml', Buffer.from('base_model: caf\xe9\n', 'latin1'), 'not-utf8'),
  file('configs/utf16.yml', Buffer.from('\ufeffbase_model: acme/base\n', 'utf16le'), 'binary'),
  file('configs/large.json', `{"a": "${'x'.repeat(600_000)}"}`, 'too-large'),
  file('configs/empty.yml', ''),
  file('configs/empty.json', ''),
  // Python.
  file('deep_brackets.py', `${HEAD}trainer = SFTTrainer(model=${nested('[', ']')})\ntrainer.train()\n`, 'too-deep'),
  file('deep_parentheses.py', `${HEAD}SFTTrainer(model=${nested('(', ')', '1')}).train()\n`, 'too-deep'),
  file('deep_calls.py', `x = ${nested('f(', ')')}\n`, 'too-deep'),
  file('deep_dicts.py', `x = ${nested('{"a": ', '}', '1')}\n`, 'too-deep'),
  file('deep_chain.py', `x = a${'.f()'.repeat(DEEP)}\ny = a${'[0]'.repeat(DEEP)}\n`, 'too-deep'),
  file('deep_operators.py', `x = ${'not '.repeat(DEEP)}1\ny = ${'a**'.repeat(DEEP)}1\n`, 'too-deep', 'syntax-error'),
  file('long_sum.py', `x = ${'1 + '.repeat(DEEP)}1\ny = ${'"a" + '.repeat(DEEP)}"a"\n`),
  file('deep_ifs.py', steps(900, 'if a:', 'pass'), 'too-deep', 'syntax-error'),
  file('ifs_on_a_line.py', `${'if a: '.repeat(DEEP)}pass\n`, 'syntax-error', 'too-deep'),
  file('many_elifs.py', `if a:\n  pass\n${'elif b:\n  pass\n'.repeat(DEEP)}`),
  file('open_brackets.py', `x = ${'['.repeat(400_000)}`, 'syntax-error'),
  file('slow.py', `x = ${'('.repeat(250_000)}${')'.repeat(250_000)}\n`, 'too-deep'),
  file('large.py', `# ${'x'.repeat(600_000)}\n`, 'too-large'),
  file('binary.py', Buffer.from('import a\0\n'.repeat(10)), 'binary'),
  file('latin.py', Buffer.from('# caf\xe9\nx = "\xff\xfe"\n', 'latin1'), 'not-utf8'),
  file('utf16.py', Buffer.from('\ufefffrom trl import SFTTrainer\n', 'utf16le'), 'binary'),
  file('late_nul.py', `${'x = 1\n'.repeat(2_000)}\0\0y = 2\n`, 'syntax-error'),
  file('return_only.py', '\r'),
  file('empty.py', ''),
  file(
    'pointer.py',
    `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12345\n`,
    'lfs-pointer',
  ),
  file('train2.py', { linkTo: 'train.py' }, 'link'),
  file('users.yml', { linkTo: '/etc/passwd' }, 'link'),
  // Shell.
  file('deep.sh', `x=${nested('$(', ')')}\n`, 'too-deep', 'syntax-error'),
  file('open.sh', '$('.repeat(DEEP), 'syntax-error', 'too-deep'),
  file('deep_groups.sh', `${nested('{ ', ' }', 'x;')}\n`, 'too-deep', 'syntax-error'),
  file('deep_defaults.sh', `echo ${nested('$' + '{a:-', '}')}\n`, 'too-deep', 'syntax-error'),
  file('long_pipe.sh', `${'a | '.repeat(2_000)}b\n${'a && '.repeat(2_000)}b\n`),
  file('empty.sh', ''),
  // Requirements.
  file('requirements.txt', `${' '.repeat(100_000)}\ntrl==${'1.'.repeat(50_000)}\n${'a['.repeat(50_000)}`),
  file('Pipfile.lock', nested('{"default":', '}', '1'), 'too-deep'),
  file('environment.yml', `dependencies: ${nested('[', ']')}\n`, 'too-deep'),
  file('pyproject.toml', `[project]\ndependencies = ${nested('[', ']')}\n`),
  // Names.
  file('sp ace/new\nline "quo\'te" \u{1f600}.py', 'x = (\n', 'syntax-error'),
  file('colours\u001b[31m\u001b]0;owned\u0007.py', 'x = (\n', 'syntax-error'),
  file('reversed\u202egnp.py', 'x = (\n', 'syntax-error'),
];

function file(path: string, content: FileContent, ...reasons: Reason[]): HostileFile {
  return { path, content, reasons };
}

function nested(open: string, close: string, inside = ''): string {
  return open.repeat(DEEP) + inside + close.repeat(DEEP);
}

/** Each line one further in than the one before. */
function steps(count: number, line: string, last: string): string {
  return `${lines(count, (at) => ' '.repeat(at) + line)}${' '.repeat(count)}${last}\n`;
}

function lines(count: number, line: (at: number) => string): string {
  return Array.from({ length: count }, (_, at) => `${line(at)}\n`).join('');
}

/** Nine aliases of nine aliases, thirty times: 9 to the power of 30 values. */
function aliasBomb(): string {
  const first = `base_model: acme/base\na0: &a0 [${'lol, '.repeat(9)}]\n`;
  return `${first}${lines(30, (at) => `a${at + 1}: &a${at + 1} [${`*a${at}, `.repeat(9)}]`)}datasets: *a30\n`;
}

function mergeBomb(): string {
  return `a0: &a0 {k: 1}\n${lines(200, (at) => `a${at + 1}: &a${at + 1} {<<: [*a${at}, *a${at}], k${at}: *a${at}}`)}`;
}
