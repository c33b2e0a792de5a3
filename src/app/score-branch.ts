import type { CommitSha } from '../model/identifiers.js';
import type { RepositoryIdentity } from '../model/pull-request.js';
import type { Review } from '../model/review.js';
import { RULE_SET_VERSION } from '../model/rule.js';
import { KEY_PREFIX } from '../playbook/metrics.js';
import { presentBranch } from '../presentation/github/branch-check.js';
import { unfinishedOutcome } from '../presentation/github/check-outcomes.js';
import { abortableSource } from './abortable-source.js';
import { adviceFor, isWorthAnotherTry } from './advice.js';
import { type CheckIdentity, findCheck, identityOfBranch } from './check-identity.js';
import type { AppDependencies } from './dependencies.js';
import type { CompletedCheck, Installation, StandingCheck } from './hosting.js';
import type { Job, ScoreRecord } from './keeping.js';
import type { Log } from './log.js';
import type { Policy } from './policy.js';
import { createChangeReview } from './review-change.js';
import { startCheck } from './start-check.js';

export type ScoreBranch = (job: BranchToScore, signal: AbortSignal, log: Log) => Promise<void>;

export interface BranchToScore extends Pick<Extract<Job, { kind: 'score' }>, 'installation' | 'repository'> {
  /** A person asked for it, so that there is a new check run even where one says all already. */
  readonly again?: boolean;
}

/**
 * Scores the tip of the default branch, for its badge. A repository that trains something gets one check run on the
 * commit, which never fails; one that does not hears nothing.
 */
export function createBranchScoring(deps: AppDependencies): ScoreBranch {
  return async function scoreBranch(job, signal, log) {
    const repository = await deps.store.repositories.byId(job.repository);
    if (repository === null) return log.info({}, 'nothing to score: forgotten');
    const installation = deps.host.installation(job.installation, signal);
    const head = await installation.defaultHead(repository);
    if (head === null) return log.info({}, 'nothing to score: empty');
    const policy = await deps.policyOf(repository);
    const work = { repository, head, installation, policy, deps, log: log.child({ head }) };
    await scoreCommit(work, job.again ?? false, signal);
  };
}

interface ScoringWork {
  readonly repository: RepositoryIdentity;
  readonly head: CommitSha;
  readonly installation: Installation;
  readonly policy: Policy;
  readonly deps: AppDependencies;
  readonly log: Log;
}

async function scoreCommit(work: ScoringWork, again: boolean, signal: AbortSignal): Promise<void> {
  const { repository, head, installation, policy, deps, log } = work;
  const identity = identityOfBranch(repository.defaultBranch, policy);
  const standing = findCheck(await installation.checks.list(repository, head), identity.open);
  const isTold = !again && standing?.completed === true && standing.externalId === identity.whole;
  if (await isScored(work, isTold)) return log.info({}, 'scored before');
  const open = await openedBefore(work, { standing, again }, identity);
  try {
    const review = await reviewCommit(work, signal);
    await deps.store.scores.record(scoreOf(review, work));
    if (open !== null || (review.comparison.head.runs.length > 0 && !isTold)) {
      const badge = deps.links.badge === null ? null : deps.links.badge(repository);
      await completeCheck(work, open, { ...presentBranch(review, badge), externalId: identity.whole });
    }
    log.info({ runs: review.comparison.head.runs.length, timings: review.timings }, 'scored');
  } catch (error) {
    signal.throwIfAborted();
    if (isWorthAnotherTry(error)) throw error;
    log.error({ err: error }, 'the scoring did not finish');
    await completeCheck(work, open, { ...unfinishedOutcome(adviceFor(error)), externalId: identity.open });
  }
}

/** The check run to be completed; null where it is begun only if there is something to tell. */
async function openedBefore(
  { repository, head, installation }: ScoringWork,
  { standing, again }: { readonly standing: StandingCheck | null; readonly again: boolean },
  identity: CheckIdentity,
): Promise<number | null> {
  if (standing === null) return null;
  if (!standing.completed) return standing.id;
  // A person who asked for it sees at once that it is under way; what is completed stays as it is, see `openCheck`.
  return again ? await startCheck(installation.checks, { repository, head, externalId: identity.open }) : null;
}

async function completeCheck(
  { repository, head, installation }: ScoringWork,
  open: number | null,
  completed: CompletedCheck,
): Promise<void> {
  const { externalId } = completed;
  const id = open ?? (await startCheck(installation.checks, { repository, head, externalId }));
  await installation.checks.complete(repository, id, completed);
}

async function isScored({ repository, head, deps }: ScoringWork, isTold: boolean): Promise<boolean> {
  const latest = await deps.store.scores.latest(repository.id, repository.defaultBranch);
  const isLatest = latest?.commit === head && latest.ruleSet === RULE_SET_VERSION;
  return isLatest && (isTold || latest.runs === 0);
}

async function reviewCommit({ repository, head, installation, policy, deps }: ScoringWork, signal: AbortSignal) {
  const { extraction, detectors, bounds } = deps;
  const source = abortableSource(installation.commitTree(repository, head), signal);
  const caches = {
    facts: deps.store.facts(repository.id),
    runs: deps.store.runs(repository.id),
    builds: deps.builds,
  };
  const clock = () => performance.now();
  try {
    const options = policy.judge;
    return await createChangeReview({ source, extraction, caches, detectors, bounds, options, clock })();
  } finally {
    await source.close();
  }
}

function scoreOf({ comparison: { head } }: Review, work: ScoringWork): ScoreRecord {
  const { metrics, composites } = head.scores;
  return {
    repository: work.repository.id,
    branch: work.repository.defaultBranch,
    commit: work.head,
    ruleSet: RULE_SET_VERSION,
    scores: Object.fromEntries([
      ...metrics,
      ...[...composites].map(([key, score]) => [KEY_PREFIX + key, score] as const),
    ]),
    runs: head.runs.length,
    scoredAt: work.deps.now(),
  };
}
