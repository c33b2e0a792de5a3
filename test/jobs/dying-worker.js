import { openJobQueue } from '../../dist/src/jobs/job-queue.js';
import { openEmbeddedDatabase } from '../../dist/src/store/embedded-database.js';
import { openServerDatabase } from '../../dist/src/store/server-database.js';

// Puts a job in, begins it and never ends, until somebody kills it.
const [where, pace] = process.argv.slice(2);
const ignore = () => {};
const database = where.startsWith('postgres:')
  ? await openServerDatabase({ url: where, onConnectionLost: ignore })
  : await openEmbeddedDatabase({ folder: where, onLost: ignore, staleMilliseconds: 2000 });
const options = { slots: 1, onError: ignore, onExhausted: ignore, pace: JSON.parse(pace) };
const { enqueue, queue } = await openJobQueue(database, options);
await database.transaction((session) => enqueue([{ kind: 'score', installation: 3, repository: 7 }], session, null));
await queue.start(async () => {
  process.stdout.write('begun\n');
  await new Promise(() => {});
});
