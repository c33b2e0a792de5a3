import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAM = join(fileURLToPath(new URL('../..', import.meta.url)), 'bin', 'tunelint.js');
const TRAINING_FILES = ['*.py', '*.ipynb', '*.yaml', '*.yml', '*.json', '*.sh'];
/** How far back is looked, in commits that touch such files. */
const COMMITS = 40;

/** The newest commit on which the App would comment, and the newest on which it would not, as far as there are any. */
export function chooseCommits(repository: string): readonly string[] {
  const args = ['log', '--no-merges', '--min-parents=1', `-${COMMITS}`, '--format=%H', '--', ...TRAINING_FILES];
  const listed = execFileSync('git', ['-C', repository, ...args], { encoding: 'utf8' });
  const chosen = new Map<boolean, string>();
  for (const commit of listed.trim().split('\n')) {
    const isTold = commentsOn(repository, commit) > 0;
    if (!chosen.has(isTold)) chosen.set(isTold, commit);
    if (chosen.size === 2) break;
  }
  return [...chosen.values()];
}

function commentsOn(repository: string, commit: string): number {
  const range = ['--base', `${commit}^`, '--head', commit];
  const args = [PROGRAM, 'review', '--repo', repository, ...range, '--format', 'github', '--fail-on', 'never'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`${repository} ${commit}: ${stderr}`);
  const { review } = JSON.parse(stdout) as { readonly review: { readonly comments: readonly object[] } | null };
  return review?.comments.length ?? 0;
}
