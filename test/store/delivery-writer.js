import { openJobQueue } from '../../dist/src/jobs/job-queue.js';
import { openEmbeddedDatabase } from '../../dist/src/store/embedded-database.js';
import { openStore } from '../../dist/src/store/open-store.js';
import { openServerDatabase } from '../../dist/src/store/server-database.js';

// Accepts deliveries for ever and says which ones are safe, until somebody kills it.
const [where, round] = process.argv.slice(2);
const ignore = () => {};
const database = where.startsWith('postgres:')
  ? await openServerDatabase({ url: where, onConnectionLost: ignore })
  : await openEmbeddedDatabase({ folder: where, onLost: ignore, staleMilliseconds: 2000 });
const { enqueue } = await openJobQueue(database, { slots: 1, onError: ignore, onExhausted: ignore });
const store = await openStore(database, enqueue);
const repository = { id: 7, owner: 'acme', name: 'tuning', private: false, defaultBranch: 'main' };
for (let count = 1; ; count += 1) {
  const number = Number(round) * 1_000_000 + count;
  const pullRequest = {
    installation: 3,
    repository,
    number,
    head: 'a'.repeat(40),
    base: 'b'.repeat(40),
    open: true,
    draft: false,
    updatedAt: new Date(),
  };
  await store.deliveries.accept({ id: `delivery ${number}`, receivedAt: new Date() }, [
    { kind: 'review', pullRequest, opened: true },
  ]);
  process.stdout.write(`${number}\n`);
}
