import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createRepository, type TestRepository } from '../git/repository.js';
import { type CommandResult, tunelint } from './built-command.js';
import { HOSTILE_FILES } from './hostile-files.js';

// Some of the files take as long as a file may, on a machine that may be busy.
jest.setTimeout(300_000);

const LOAD = 'AutoModelForCausalLM.from_pretrained("acme/base"';
const TRAIN = `from transformers import AutoModelForCausalLM
from trl import SFTTrainer

model = ${LOAD})
trainer = SFTTrainer(model=model)
trainer.train()
`;

interface Document {
  readonly findings: readonly {
    readonly rule: string;
    readonly path: string;
    readonly startLine: number;
    readonly state: string;
  }[];
  readonly files: {
    readonly analysed: readonly string[];
    readonly partial: readonly { readonly path: string; readonly reason: string; readonly message: string }[];
    readonly skipped: readonly { readonly path: string; readonly reason: string; readonly message: string }[];
    readonly unaddressable: number;
  };
}

let repository: TestRepository;
let plain: CommandResult;
let hostile: CommandResult;
let document: Document;

beforeAll(async () => {
  repository = createRepository();
  repository.commit({ 'train.py': TRAIN });
  repository.git('checkout', '-q', '-b', 'plain');
  repository.commit({ 'train.py': TRAIN.replace(LOAD, `${LOAD}, trust_remote_code=True`) });
  repository.git('checkout', '-q', '-b', 'hostile');
  commitHostileFiles();
  plain = await tunelint(review('plain', 'json'));
  hostile = await tunelint(review('hostile', 'json'));
  document = JSON.parse(hostile.out);
});
afterAll(() => repository.remove());

function commitHostileFiles(): void {
  repository.commit(Object.fromEntries(HOSTILE_FILES.map(({ path, content }) => [path, content])));
  writeFileSync(Buffer.from(`${repository.folder}/caf\xe9.py`, 'latin1'), 'x = 1\n');
  repository.git('add', '--all');
  repository.git('update-index', '--add', '--cacheinfo', `160000,${repository.git('rev-parse', 'HEAD')},vendor/lib.py`);
  repository.git('commit', '--quiet', '--no-verify', '-m', 'names');
}

function review(head: string, format: string): string[] {
  return ['review', '--repo', repository.folder, '--base', 'main', '--head', head, '--format', format];
}

function ofTraining({ out }: CommandResult): unknown {
  return (JSON.parse(out) as Document).findings.filter(({ path }) => path === 'train.py');
}

/** Files that were read in part or not at all. On a busy machine more of them take too long than on an idle one. */
function unread(): Document['files']['partial'] {
  return [...document.files.partial, ...document.files.skipped];
}

describe('a change full of hostile files', () => {
  it('is reviewed like the same change without them', () => {
    expect(ofTraining(hostile)).toEqual(ofTraining(plain));
    expect(ofTraining(hostile)).toContainEqual(
      expect.objectContaining({ rule: 'artifact-trust-surface/remote-code', startLine: 4, state: 'new' }),
    );
    expect([plain.code, hostile.code]).toEqual([1, 1]);
    expect([plain.err, hostile.err]).toEqual(['', '']);
  });

  it.each(
    HOSTILE_FILES.filter(({ reasons }) => reasons.length > 0).map(({ path, reasons }) => [path, reasons] as const),
  )('lists %j with its reason', (path, reasons) => {
    const listed = unread().filter((it) => it.path === path);
    expect(listed).toHaveLength(1);
    expect([...reasons, 'too-slow']).toContain(listed[0]?.reason);
  });

  it('reads the other files in full', () => {
    const whole = HOSTILE_FILES.filter(({ reasons }) => reasons.length === 0).map(({ path }) => path);
    expect(unread().filter(({ path, reason }) => whole.includes(path) && reason !== 'too-slow')).toEqual([]);
    expect(document.files.analysed).toEqual(expect.arrayContaining(['train.py', 'empty.py', 'configs/empty.yml']));
    expect(document.files.unaddressable).toBe(1);
  });

  it('blames no file on a crash of ours', () => {
    expect(unread().filter(({ reason }) => reason === 'crashed')).toEqual([]);
  });

  it('stays below a GiB of memory', () => {
    expect(hostile.peakMebibytes).toBeGreaterThan(0);
    expect(hostile.peakMebibytes).toBeLessThan(1_024);
  });

  it('is told as text without a stack trace, and without a name that a terminal would obey', async () => {
    const { code, out, err } = await tunelint(review('hostile', 'text'));
    expect(code).toBe(1);
    expect(err).toBe('');
    expect(out).toContain('artifact-trust-surface/remote-code  train.py:4');
    expect(out).toContain('\\u{1b}[31m');
    expect(out).toContain('new\\u{a}line');
    expect(out).toContain('1 file was left out: its name is not UTF-8');
    expect(out).not.toMatch(/[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(out).not.toMatch(/^\s+at .*:\d+:\d+/m);
  });
});
