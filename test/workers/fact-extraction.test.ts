import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, afterEach, describe, expect, it, jest } from '@jest/globals';
import type { FactExtraction, FileBytes } from '../../src/app/ports.js';
import { type Bounds, DEFAULT_BOUNDS } from '../../src/model/bounds.js';
import type { FileFacts } from '../../src/model/fact.js';
import { repoPath } from '../../src/model/identifiers.js';
import { createFactExtraction, type FactExtractionOptions } from '../../src/workers/fact-extraction.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const HOSTILE = join(ROOT, 'test', 'workers', 'hostile-worker.js');
const DYING = join(ROOT, 'test', 'workers', 'dying-worker.js');
const BOUNDS: Bounds = { ...DEFAULT_BOUNDS, parseMilliseconds: 100, workerMebibytes: 64 };

// Threads take their time to start on a busy machine.
jest.setTimeout(60_000);

const opened: FactExtraction[] = [];

afterEach(async () => {
  for (const extraction of opened.splice(0)) await extraction.close();
});

async function open(options: Partial<FactExtractionOptions>): Promise<FactExtraction> {
  const extraction = await createFactExtraction({
    bounds: BOUNDS,
    slackMilliseconds: 60_000,
    workerFile: HOSTILE,
    ...options,
  });
  opened.push(extraction);
  return extraction;
}

function file(path: string, text: string): FileBytes {
  return { path: repoPath(path), bytes: Buffer.from(text) };
}

function files(...texts: string[]): FileBytes[] {
  return texts.map((text, at) => file(`${at}.py`, text));
}

/** The reason of each answer, or its detail where the stand-in just echoed the text. */
function told(facts: readonly FileFacts[]): (string | null | undefined)[] {
  return facts.map(({ partial }) => (partial?.reason === 'bound-reached' ? partial.detail : partial?.reason));
}

describe('worker threads', () => {
  it('answer in the order of the files, whichever thread read them', async () => {
    const extraction = await open({ threads: 3 });
    const texts = Array.from({ length: 95 }, (_, at) => `${at} ${'x'.repeat(at % 10 === 0 ? 200_000 : 10)}`);
    const done: number[] = [];

    const facts = await extraction.extract(files(...texts), (count) => done.push(count));

    expect(told(facts)).toEqual(texts);
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(done.at(-1)).toBe(95);
  });

  it('leave the bytes with the caller', async () => {
    const given = files('one', 'two');

    await (await open({ threads: 1 })).extract(given);

    expect(given.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(['one', 'two']);
  });

  it('read nothing when there is nothing to read', async () => {
    expect(await (await open({ threads: 1 })).extract([])).toEqual([]);
  });

  it('keep one thread for small work and for call after call', async () => {
    const extraction = await open({ threads: 3 });
    const texts = Array.from({ length: 35 }, () => 'where');

    const facts = [...(await extraction.extract(files(...texts))), ...(await extraction.extract(files('where')))];

    const threads = new Set(told(facts).map((detail) => detail?.split(' after ')[0]));
    expect(threads.size).toBe(1);
    expect(told(facts).at(-1)).toContain('after 36');
  });

  it.each([
    ['hangs', 'hang', 'too-slow', 'over 100 ms'],
    ['takes all memory', 'memory', 'crashed', 'needed over 64 MiB of memory'],
    ['throws', 'throw', 'crashed', 'Error: broken'],
    ['ends its thread', 'exit', 'crashed', 'Error: worker exited with code: 3'],
  ])('go on with the other files when one %s', async (_, text, reason, detail) => {
    const extraction = await open({ threads: 1, ...(text === 'hang' ? { slackMilliseconds: 1_000 } : {}) });

    const facts = await extraction.extract(files('before', text, 'after', text));

    expect(told(facts)).toEqual(['before', reason, 'after', reason]);
    expect(facts[1]).toEqual({ facts: [], partial: { reason, line: null, detail } });
  });

  it('are replaced when they are worn, before the next file', async () => {
    const facts = await (await open({ threads: 1 })).extract(files('where', 'worn', 'where'));

    const [first, , last] = told(facts);
    expect(first).toMatch(/after 1$/);
    expect(last).toMatch(/after 1$/);
    expect(last).not.toBe(first);
  });

  it.each([
    // Since Node 22 the pool hears of it as a module without the function it runs.
    ['cannot be loaded', DYING, /this module cannot be loaded|No handler function/],
    ['is not there', join(ROOT, 'nowhere.js'), /nowhere\.js/],
  ])('reject the call when the module they run %s', async (_, workerFile, message) => {
    const extraction = await open({ threads: 1, workerFile });

    await expect(extraction.extract(files('text'))).rejects.toThrow(message);
  });

  it('are ended by closing, even one that hangs', async () => {
    const extraction = await open({ threads: 1 });
    const ended = expect(extraction.extract(files('hang'))).rejects.toThrow('closed');

    await extraction.close();

    await ended;
    await expect(extraction.extract(files('more'))).rejects.toThrow('closed');
  });
});

describe('in the same thread', () => {
  it('claims what a front-end reads, and reads it', async () => {
    const extraction = await open({ threads: 'inline' });
    const done: number[] = [];

    const facts = await extraction.extract([file('a.yml', 'lr: 1\n'), file('b.bin', 'x')], (count) => done.push(count));

    expect(
      ['a.yml', 'a.py', 'run.sh', 'requirements.txt', 'a.bin'].map((path) => extraction.claims(repoPath(path))),
    ).toEqual([true, true, true, true, false]);
    expect(facts.map((each) => each.facts.length)).toEqual([1, 0]);
    expect(done).toEqual([1, 2]);
  });
});

describe('the built program', () => {
  const BUILD = join(ROOT, 'node_modules', '.cache', 'tunelint-built-for-test');

  afterAll(() => rmSync(BUILD, { recursive: true, force: true }));

  it('reads the same in threads as in the same thread, and then ends', () => {
    build();
    // Below `node_modules` no package says that these files are modules.
    writeFileSync(join(BUILD, 'package.json'), '{ "type": "module" }');
    const script = `
      import { createFactExtraction } from ${JSON.stringify(pathToFileURL(join(BUILD, 'src/workers/fact-extraction.js')).href)};
      import { DEFAULT_BOUNDS } from ${JSON.stringify(pathToFileURL(join(BUILD, 'src/model/bounds.js')).href)};
      const bytes = (text) => new TextEncoder().encode(text);
      const files = [
        { path: 'train.py', bytes: bytes('import trl\\ntrl.SFTTrainer(model="a/b", seed=1)\\n') },
        { path: 'a.yml', bytes: bytes('base_model: acme/base\\n') },
        { path: 'run.sh', bytes: bytes('accelerate launch train.py --lr 1\\n') },
        { path: 'requirements.txt', bytes: bytes('trl==0.9.6\\n') },
        { path: 'bad.py', bytes: new Uint8Array([...bytes('x = 1\\n'), 0xff, 0x0a]) },
      ];
      const read = async (threads) => {
        const extraction = await createFactExtraction({ bounds: DEFAULT_BOUNDS, threads });
        const facts = await extraction.extract(files);
        await extraction.close();
        return facts;
      };
      const [threads, inline] = [await read(2), await read('inline')];
      console.log(JSON.stringify({ same: JSON.stringify(threads) === JSON.stringify(inline), counts: threads.map((each) => each.facts.length > 0), partial: threads.map((each) => each.partial?.reason) }));
    `;

    const ran = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
      encoding: 'utf8',
      timeout: 60_000,
    });

    expect(ran.stderr).toBe('');
    expect(JSON.parse(ran.stdout)).toEqual({
      same: true,
      counts: [true, true, true, true, true],
      partial: [null, null, null, null, 'not-utf8'],
    });
    expect(ran.status).toBe(0);
  }, 120_000);

  /** A worker thread runs built JavaScript only. It is built inside the project so that libraries are found. */
  function build(): void {
    rmSync(BUILD, { recursive: true, force: true });
    mkdirSync(BUILD, { recursive: true });
    const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
    const options = ['-p', 'tsconfig.json', '--outDir', BUILD, '--declaration', 'false', '--noCheck'];
    execFileSync(process.execPath, [compiler, ...options], { cwd: ROOT, stdio: 'pipe' });
    expect(existsSync(join(BUILD, 'src', 'workers', 'extraction-worker.js'))).toBe(true);
  }
});
