// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the shell's own.
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { FrontEnd } from '../../../src/frontends/frontend.js';
import { createShellFrontEnd } from '../../../src/frontends/shell/front-end.js';
import { DEFAULT_BOUNDS } from '../../../src/model/bounds.js';
import type { Expression } from '../../../src/model/expression.js';
import type { AssignmentFact, CommandFact, FileFacts } from '../../../src/model/fact.js';
import { repoPath } from '../../../src/model/identifiers.js';

let frontEnd: FrontEnd;

beforeAll(async () => {
  frontEnd = await createShellFrontEnd();
});

function extract(text: string): FileFacts {
  return frontEnd.extract({ path: repoPath('scripts/train.sh'), text }, DEFAULT_BOUNDS);
}

function commandFacts(text: string): CommandFact[] {
  return extract(text).facts.filter((fact) => fact.kind === 'command');
}

function assignmentFacts(text: string): AssignmentFact[] {
  return extract(text).facts.filter((fact) => fact.kind === 'assignment');
}

/** Words as text: `$X` is a reference, `?` opaque, `(a|b)` a choice, and parts of a template are joined by `+`. */
function written(expression: Expression | null): string {
  switch (expression?.kind) {
    case 'scalar':
      return String(expression.value);
    case 'reference':
      return `$${expression.name}`;
    case 'template':
      return expression.parts.map(written).join('+');
    case 'choice':
      return `(${expression.options.map(written).join('|')})`;
    case 'list':
      return `[${expression.items.map(written).join(', ')}${expression.complete ? '' : ', …'}]`;
    case 'subscript':
      return `${written(expression.base)}[${written(expression.key)}]`;
    default:
      return '?';
  }
}

function commands(text: string): string[][] {
  return commandFacts(text).map((command) => command.words.map(written));
}

describe('the shell front-end', () => {
  it.each([
    ['scripts/train.sh', true],
    ['train.bash', true],
    ['slurm/train.slurm', true],
    ['slurm/TRAIN.SBATCH', true],
    ['train.sh.py', false],
    ['bash', false],
  ])('claims by extension: %s', (path, claimed) => {
    expect(frontEnd.claims(repoPath(path))).toBe(claimed);
  });

  describe('finds every simple command', () => {
    it.each([
      ['alone', 'python a.py', [['python', 'a.py']]],
      [
        'on continued lines',
        'python a.py \\\n  --lr 1e-5 \\\r\n  --bf16',
        [['python', 'a.py', '--lr', '1e-5', '--bf16']],
      ],
      ['with a continued word', 'python tr\\\nain.py', [['python', 'train.py']]],
      ['behind a comment', '# python no.py\npython a.py # --no', [['python', 'a.py']]],
      ['in if, elif and else', 'if a; then b; elif c; then d; else e; fi', [['a'], ['b'], ['c'], ['d'], ['e']]],
      ['in loops', 'for i in 1 2; do a; done\nwhile b; do c; done', [['a'], ['b'], ['c']]],
      ['in case', 'case $1 in x) a;; *) b;; esac', [['a'], ['b']]],
      ['in functions', 'f() { a; }\nfunction g { b; }', [['a'], ['b']]],
      ['in pipelines and lists', 'a | b && c || d; e & f', [['a'], ['b'], ['c'], ['d'], ['e'], ['f']]],
      ['in subshells and groups', '(a; { b; })', [['a'], ['b']]],
      ['behind a negation', '! a', [['a']]],
      ['behind a test', '[ -f x ] && a', [['a']]],
      ['in a substitution', 'a $(b c) `d` <(e)', [['a', '?', '?', '?'], ['b', 'c'], ['d'], ['e']]],
      ['in a substitution in quotes', 'a "$(b)/c"', [['a', '?+/c'], ['b']]],
      ['in arithmetic', 'a $(( $(nproc) * 2 ))', [['a', '?'], ['nproc']]],
      ['in an assigned substitution', 'X=$(a b)', [['a', 'b']]],
      [
        'behind launchers, which stay',
        'nohup srun env A=b torchrun a.py',
        [['nohup', 'srun', 'env', 'A=b', 'torchrun', 'a.py']],
      ],
      ['with code in a word', 'python -c "import x; y()"', [['python', '-c', 'import x; y()']]],
      ['when a comment cuts a continued command in two, as the shell does', 'a \\\n # b \\\n --c', [['a'], ['--c']]],
      ['when a blank behind the backslash ends it', 'a \\ \n--b', [['a'], ['--b']]],
    ])('%s', (_, text, expected) => {
      expect(commands(text)).toEqual(expected);
    });
  });

  describe('loses no word to what the grammar misreads', () => {
    it.each([
      ['words behind a redirection', 'a > log 2>&1 --b c', [['a', '--b', 'c']]],
      ['words behind the redirection of a list', 'a && b > log --c', [['a'], ['b', '--c']]],
      ['a redirection in front', '> log a b', [['a', 'b']]],
      ['a substitution behind an equals sign', 'a --b=`date`/c', [['a', '--b=+?+/c'], ['date']]],
      ['a dash before a here-document', 'python - <<EOF\nx\nEOF', [['python', '-']]],
      ['a backslash that ends the file', 'a \\\n  --b \\\n', [['a', '--b']]],
      ['a remark in backquotes', 'a --b \\\n `# why` \\\n --c', [['a', '--b', '--c']]],
      ['two variables without quotes', 'a x/$B/$C/d_$E.f', [['a', 'x/+$B+/+$C+/d_+$E+.f']]],
      ['variables between letters', 'a --b=X,C=$D,E=${F},G=$H', [['a', '--b=X,C=+$D+,E=+$F+,G=+$H']]],
    ])('%s', (_, text, expected) => {
      expect(commands(text)).toEqual(expected);
      expect(extract(text).partial).toBeNull();
    });
  });

  describe('reads a word', () => {
    it.each([
      ['numbers and booleans as strings', '1e-5', '1e-5'],
      ['single quotes', "'a $B \\n'", 'a $B \\n'],
      ['double quotes with escapes', '"q\\"u\\$o\\n"', 'q"u$o\\n'],
      ['quotes in the middle', 'pre"mid"\'post\'', 'premidpost'],
      ['an escaped blank', 'a\\ b', 'a b'],
      ['white space in quotes', '"  $X  y $Z "', '  +$X+  y +$Z+ '],
      ['lines in quotes', '"a\n  b"', 'a\n  b'],
      ['an empty word', '""', ''],
      ['ANSI quoting', "$'a\\tb'", 'a\tb'],
      ['a variable', '$X', '$X'],
      ['a variable in braces', '${X}', '$X'],
      ['a variable in quotes', '"$X"', '$X'],
      ['an argument of the script', '"$1"', '$1'],
      ['all arguments', '"$@"', '$@'],
      ['a mixture', '"$ROOT"/data/${NAME}.json', '$ROOT+/data/+$NAME+.json'],
      ['a flag with a value', '--lr=$LR', '--lr=+$LR'],
      ['an escaped variable', '"\\$X"', '$X'],
      ['a default', '${X:-a b}', '($X|a b)'],
      ['a default without a colon', '${X-a}', '($X|a)'],
      ['an empty default', '${X:-}', '($X|)'],
      ['a default in quotes', '"${X:-"$Y/z"}"', '($X|$Y+/z)'],
      ['a default in a default', '${X:-${Y:-z}}', '($X|($Y|z))'],
      ['a demanded variable', '${X:?set X}', '$X'],
      ['a whole array', '"${A[@]}"', '$A'],
      ['an item of an array', '${A[0]}', '$A[0]'],
      ['a changed variable as opaque', '${X##*/}', '?'],
      ['the length of a variable as opaque', '${#X}', '?'],
      ['an alternative as opaque, for it may be several words', '${X:+--flag $X}', '?'],
      ['a list of files as opaque', 'data/*.json', '?'],
      ['a star in quotes as text', '".*proj"', '.*proj'],
      ['a range as opaque', '{1..3}', '?'],
      ['a brace expansion as opaque', 'a{b,c}', '?'],
      ['braces without a comma as text', '{}', '{}'],
      ['JSON in quotes as text', '\'{"a": 1, "b": 2}\'', '{"a": 1, "b": 2}'],
      ['a list in brackets as text', 'model.layers=[0,1]', 'model.layers=[0,1]'],
      ['the home folder', '~/models', '$HOME+/models'],
      ['a tilde elsewhere as text', 'a~/b', 'a~/b'],
      ['a tilde in quotes as text', '"~/b"', '~/b'],
      ['arithmetic as opaque', '$((N * 2))', '?'],
    ])('%s', (_, word, expected) => {
      expect(commands(`run ${word}`)).toEqual([['run', expected]]);
    });

    it('tells a variable from text that looks like one', () => {
      const [command] = commandFacts('run "\\$X" $X');
      expect(command?.words.map((word) => word.kind)).toEqual(['scalar', 'scalar', 'reference']);
    });

    it.each([
      ['a word of 2,000 characters', 2000, 'scalar'],
      ['a longer one as opaque', 2001, 'opaque'],
    ])('%s', (_, length, kind) => {
      const [command] = commandFacts(`run ${'x'.repeat(length)}`);
      expect(command?.words[1]?.kind).toBe(kind);
    });

    it('gives at most 80 characters of an opaque word', () => {
      const [command] = commandFacts(`run $(echo ${'x'.repeat(200)})`);
      expect(command?.words[1]).toMatchObject({ kind: 'opaque', text: `$(echo ${'x'.repeat(73)}` });
    });
  });

  it('masks tokens, in words and in what is opaque', () => {
    const token = `hf_${'a'.repeat(30)}`;
    const { facts } = extract(`TOKEN=${token} run --token ${token} "$(login ${token})"\nexport HF_TOKEN="${token}"`);
    expect(JSON.stringify(facts)).not.toContain(token);
    expect(JSON.stringify(facts)).toContain('<masked Hugging Face token>');
  });

  describe('places', () => {
    it('gives the exact place of each word, quotes included', () => {
      const text = 'cd x\npython "a b".py \\\n  --lr=`date`/1 > log --x';
      const command = commandFacts(text).find((fact) => fact.place.startLine === 2);
      expect(command?.words.map((word) => text.slice(word.place.start, word.place.end))).toEqual([
        'python',
        '"a b".py',
        '--lr=`date`/1',
        '--x',
      ]);
    });

    it('spans a command from its first to its last word', () => {
      const text = 'A=1 python a.py \\\n  --b \\\n  "c" | tee log';
      const [command] = commandFacts(text);
      expect(text.slice(command?.place.start, command?.place.end)).toBe('python a.py \\\n  --b \\\n  "c"');
      expect(command?.place).toMatchObject({ startLine: 1, endLine: 3 });
    });

    it('gives the exact place of each part of a mixture', () => {
      const text = 'run "  $ROOT/x"';
      const word = commandFacts(text)[0]?.words[1];
      const parts = word?.kind === 'template' ? word.parts : [];
      expect(parts.map((part) => text.slice(part.place.start, part.place.end))).toEqual(['  ', '$ROOT', '/x']);
    });

    it('counts in UTF-16 units', () => {
      const text = 'echo "训练 😀" && run $X';
      const run = commandFacts(text)[1];
      expect(text.slice(run?.place.start, run?.place.end)).toBe('run $X');
    });
  });

  describe('the environment of a command', () => {
    function environments(text: string): Record<string, string>[] {
      return commandFacts(text).map((command) =>
        Object.fromEntries(command.environment.map(({ name, value }) => [name, written(value)])),
      );
    }

    it.each([
      ['one variable', 'CUDA_VISIBLE_DEVICES=0,1 run', [{ CUDA_VISIBLE_DEVICES: '0,1' }]],
      ['several, continued', 'A=1 \\\nB="$X" run', [{ A: '1', B: '$X' }]],
      ['an empty one', 'A= run', [{ A: '' }]],
      ['not the line above', 'A=1\nrun', [{}]],
      ['not two on the line above', 'A=1 B=2\nC=3 run', [{ C: '3' }]],
      ['not words that look alike', 'run A=1', [{}]],
    ])('%s', (_, text, expected) => {
      expect(environments(text)).toEqual(expected);
    });

    it('assigns what stands on the lines above', () => {
      expect(assignmentFacts('A=1 B=2\nC=3 run').map((fact) => fact.target)).toEqual(['A', 'B']);
    });
  });

  describe('reads assignments', () => {
    function assignments(text: string): string[] {
      return assignmentFacts(text).map(
        (fact) => `${fact.target}${fact.conditional ? '?' : ''} = ${written(fact.value)}`,
      );
    }

    it.each([
      ['a value', 'X=1', ['X = 1']],
      ['an empty value', 'X=', ['X = ']],
      ['exported ones', 'export X=v Y="a b" Z', ['X = v', 'Y = a b']],
      ['declared ones', 'declare -a A=(1 2)\nreadonly B=x', ['A = [1, 2]', 'B = x']],
      ['a reference', 'X=$Y', ['X = $Y']],
      ['a path', 'OUT=$ROOT/runs/"$NAME"', ['OUT = $ROOT+/runs/+$NAME']],
      ['a pattern, which is text here', 'X=*.json', ['X = *.json']],
      ['a value that goes on behind a substitution', 'export X=a`date`/b Y=2', ['X = a+?+/b', 'Y = 2']],
      ['an array over lines, with comments', 'A=(\n --a b # c\n "$X"\n)', ['A = [--a, b, $X]']],
      ['an array in an array as incomplete', 'A=("${B[@]}" c)', ['A = [$B, c, …]']],
      ['what is added to an array', 'A+=(--b)', ['A = [$A, --b, …]']],
      ['what is added to a string', 'X+=" --b"', ['X = $X+ --b']],
      ['an item of an array', 'A[3]=x', ['A.3 = x']],
      ['a computed item as opaque', 'A[$i]=x', ['A = ?']],
      ['a default that is set', ': "${X:=a}"', ['X = ($X|a)']],
      ['under if as conditional', 'if a; then X=1; fi', ['X? = 1']],
      ['in a function as conditional', 'f() { local X=1; }', ['X? = 1']],
      ['in a loop as conditional', 'while a; do X=1; done', ['X? = 1']],
      ['in case as conditional', 'case $1 in a) X=1;; esac', ['X? = 1']],
      ['behind a test as conditional', '[ -z "$X" ] && X=1', ['X? = 1']],
      ['behind an alternative as conditional', 'a || X=1', ['X? = 1']],
      ['behind a command that should not fail', 'cd x && X=1', ['X = 1']],
      ['in a subshell as conditional', '(X=1)', ['X? = 1']],
      ['the variable of a loop', 'for lr in 1e-4 1e-5; do a; done', ['lr? = (1e-4|1e-5)']],
      ['the variable of a loop over one value', 'for lr in 1e-4; do a; done', ['lr? = 1e-4']],
      ['the variable of a loop over a list as opaque', 'for x in $LIST; do a; done', ['x? = ?']],
      ['the variable of a loop over arguments as opaque', 'for x; do a; done', ['x? = ?']],
      ['what is read from outside as opaque', 'read -r X', ['X? = ?']],
    ])('%s', (_, text, expected) => {
      expect(assignments(text)).toEqual(expected);
    });

    it.each([
      ['a here-document', "read -r -d '' CMD <<EOF\n  run --a $X\n  --b\nEOF\n", 'run --a +$X+\n  --b'],
      ['a quoted one', "read -r -d '' CMD <<'EOF' || true\nrun $X\nEOF\n", 'run $X'],
      ['an indented one', "read -r -d '' CMD <<-EOF\n\trun\n\t--b\n\tEOF\n", 'run\n--b'],
      ['one that is printed', 'CMD=$(cat <<EOF\nrun $X\nEOF\n)', 'run +$X'],
      ['one that is printed in quotes', 'CMD="$(cat <<\'EOF\'\nrun "$X"\nEOF\n)"', 'run "$X"'],
    ])('reads %s as the value', (_, text, expected) => {
      const fact = assignmentFacts(text).find(({ target }) => target === 'CMD');
      expect(written(fact?.value ?? null)).toBe(expected);
      expect(fact?.conditional).toBe(false);
    });
  });

  it.each([
    ['written to a file', 'cat <<EOF > run.sh\npython no.py $(date)\nEOF\n', [['cat']]],
    ['read into a variable', "read -r -d '' X <<EOF\npython no.py\nEOF\n", [['read', '-r', '-d', '', 'X']]],
    ['fed to a program that is piped on', 'python <<EOF | tee log\nno\nEOF\n', [['python'], ['tee', 'log']]],
  ])('finds no commands in a here-document %s', (_, text, expected) => {
    expect(commands(text)).toEqual(expected);
  });

  it('tells the line of a syntax error, and keeps what it could read', () => {
    const { facts, partial } = extract('python a.py\npython b.py )\npython c.py\n');
    expect(partial).toMatchObject({ reason: 'syntax-error', line: 2 });
    expect(facts).toHaveLength(3);
  });

  it('says nothing is missing from a sound script', () => {
    expect(extract('python a.py\n')).toMatchObject({ partial: null });
    expect(extract('')).toEqual({ facts: [], partial: null });
  });

  it('stops when the parser takes too long', () => {
    const bounds = { ...DEFAULT_BOUNDS, parseMilliseconds: -1 };
    const text = 'python a.py --b c\n'.repeat(5_000);
    const read = frontEnd.extract({ path: repoPath('a.sh'), text }, bounds);
    expect(read).toMatchObject({ facts: [], partial: { reason: 'too-slow' } });
    expect(commands('python a.py')).toEqual([['python', 'a.py']]);
  });

  describe('hostile nesting', () => {
    const n = 10_000;
    it.each([
      ['substitutions', `echo ${'$('.repeat(n)}x${')'.repeat(n)}`],
      ['quoted substitutions', `echo ${'"$('.repeat(n)}${')"'.repeat(n)}`],
      ['subshells', `${'('.repeat(n)}a${')'.repeat(n)}`],
      ['groups', `${'{ '.repeat(n)}a; ${'}; '.repeat(n)}`],
      ['defaults', `echo ${'${A:-'.repeat(n)}${'}'.repeat(n)}`],
      ['conditions', `${'if a; then '.repeat(n)}x\n${'fi;'.repeat(n)}`],
    ])('is read to the bound and told: %s', (_, text) => {
      const { facts, partial } = extract(text);
      expect(partial).toEqual({ reason: 'too-deep', line: 1, detail: 'over 200 levels' });
      expect(facts.length).toBeLessThanOrEqual(DEFAULT_BOUNDS.nesting + 1);
    });

    it.each([
      ['substitutions', `echo ${'$('.repeat(n)}`],
      ['arithmetic', '(('.repeat(n)],
      ['groups', '{ '.repeat(n)],
    ])('ends in a syntax error where it is not closed: %s', (_, text) => {
      expect(extract(text).partial).toMatchObject({ reason: 'syntax-error', line: 1 });
    });

    it('does not take a long chain for nesting', () => {
      const { facts, partial } = extract(`${'a && '.repeat(n)}b`);
      expect(facts).toHaveLength(n + 1);
      expect(partial).toBeNull();
    });
  });
});
