import { extractFacts, loadFrontEnds } from '../frontends/all.js';
import type { FrontEnd } from '../frontends/frontend.js';
import type { FileFacts } from '../model/fact.js';
import { type ExtractionAnswer, type ExtractionTask, Progress } from './task.js';

/** What runs in a worker thread. Grammars are loaded once a thread. */
export default async function extractInWorker(task: ExtractionTask): Promise<ExtractionAnswer> {
  loading ??= loadFrontEnds();
  const frontEnds = await loading;
  const progress = new Progress(task.progress);
  const facts: FileFacts[] = [];
  for (const [index, file] of task.files.entries()) {
    progress.begin(index);
    const read = extractFacts(frontEnds, file, task.bounds);
    facts.push(read);
    if (isWorn(read, task)) return { facts, worn: true };
  }
  return { facts, worn: false };
}

let loading: Promise<readonly FrontEnd[]> | undefined;

/** After a crash in wasm every later parse of the thread may fail, so a crash of any kind ends it. */
function isWorn(read: FileFacts, { bounds }: ExtractionTask): boolean {
  if (read.partial?.reason === 'crashed') return true;
  const { external, heapUsed } = process.memoryUsage();
  return external + heapUsed > bounds.workerMebibytes * 1024 * 1024;
}
