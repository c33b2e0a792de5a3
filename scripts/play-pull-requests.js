// Plays real commits of local git repositories as pull requests before the App: a process of its own, against the
// stand-in for GitHub. Each is opened, pushed to twice, rebased, force-pushed, asked for again, mended, taken back, closed
// and reopened; then the same change is opened once more, in the repository that is known by then.
//
//   npm run play -- DIR...           of each repository the newest commit with comments, and the newest without one
//   npm run play -- DIR@SHA,SHA...   these commits
//
// Repositories may be bare. Prints what was posted as a reader sees it, and a table: requests a step by operation beside
// their bound, how long the webhook and the check took, and each thing that does not hold. Exits 1 where one does not.
// The App must be built.
import { register } from 'node:module';

register('./typescript-hooks.js', import.meta.url);
const { play } = await import('../test/play/play.ts');
process.exit(await play(process.argv.slice(2)));
