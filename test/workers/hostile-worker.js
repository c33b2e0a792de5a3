import { threadId } from 'node:worker_threads';

// Stands in for the worker that reads files: does what each file's text says, as hostile input or a faulty parser
// would. It tells its progress by the same two numbers in shared memory.
const seen = [];

export default function act({ files, progress }) {
  const cells = new Int32Array(progress);
  const facts = [];
  for (const [index, file] of files.entries()) {
    Atomics.store(cells, 1, Date.now() | 0);
    Atomics.store(cells, 0, index + 1);
    const text = Buffer.from(file.bytes).toString();
    if (text === 'hang') for (;;);
    if (text === 'throw') throw new Error('broken\nsecret source');
    if (text === 'exit') process.exit(3);
    if (text === 'memory') for (const hoard = []; ; ) hoard.push(new Array(100_000).fill(Math.random()));
    seen.push(file.path);
    const detail = text === 'where' ? `thread ${threadId} after ${seen.length}` : text;
    facts.push({ facts: [], partial: { reason: 'bound-reached', line: null, detail } });
    if (text === 'worn') return { facts, worn: true };
  }
  return { facts, worn: false };
}
