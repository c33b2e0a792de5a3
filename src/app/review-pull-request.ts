import type { Snapshot } from '../model/change.js';
import type { PullRequestKey } from '../model/pull-request.js';
import type { Review } from '../model/review.js';
import {
  closedOutcome,
  draftOutcome,
  irrelevantOutcome,
  unfinishedOutcome,
} from '../presentation/github/check-outcomes.js';
import { tellOnGithub } from '../presentation/github/tell-on-github.js';
import { abortableSource } from './abortable-source.js';
import { adviceFor, isWorthAnotherTry } from './advice.js';
import type { AppDependencies } from './dependencies.js';
import { HostError } from './hosting.js';
import type { Log } from './log.js';
import { cancelSuperseded, completeCheck, endCheck, type OwnCheck, openCheck } from './own-check.js';
import type { ChangeSource, FactExtraction } from './ports.js';
import { NO_COMMENTS, publishComments } from './publish-comments.js';
import { assertCurrent, Outdated, type PullRequestWork } from './pull-request-work.js';
import { createChangeReview } from './review-change.js';

export type ReviewPullRequest = (key: PullRequestKey, signal: AbortSignal, log: Log) => Promise<void>;

/**
 * The road of a pull request: from whatever its head is now to one completed check run and the comments that belong to
 * it. Every step can be done again, so that after any interruption the same stands there as without it.
 */
export function createPullRequestReview(deps: AppDependencies): ReviewPullRequest {
  return async function reviewPullRequest(key, signal, log) {
    const claimed = await deps.store.pullRequests.withClaim(key, signal, async (claim) => {
      const { pullRequest } = claim;
      const installation = deps.host.installation(pullRequest.installation, claim.signal);
      const policy = await deps.policyOf(pullRequest.repository);
      const about = log.child({ head: pullRequest.head, generation: claim.generation });
      await reviewClaimed({ claim, installation, policy, deps, log: about }, signal);
      return true;
    });
    if (claimed === null) log.info({}, 'nothing to review: closed or forgotten');
  };
}

async function reviewClaimed(work: PullRequestWork, signal: AbortSignal): Promise<void> {
  const { claim, deps, log } = work;
  let check: OwnCheck | null = null;
  try {
    check = await openCheck(work);
    await cancelSuperseded(work);
    if (check.isWhole) {
      await deps.store.pullRequests.checkCompleted(claim, claim.pullRequest.head, check.id);
      log.info({}, 'reviewed before');
    } else await publishReview(work, check);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Outdated || claim.signal.aborted) await leave(work, check);
    else if (isWorthAnotherTry(error)) throw error;
    else await giveUp(work, check, error);
  }
}

async function publishReview(work: PullRequestWork, check: OwnCheck): Promise<void> {
  const { claim, installation, policy, log } = work;
  const { pullRequest } = claim;
  if (pullRequest.draft && !policy.drafts) {
    await assertCurrent(work);
    await completeCheck(work, check, { ...draftOutcome(), tellsAll: true });
    log.info({}, 'a draft');
    return;
  }
  const source = abortableSource(installation.pullRequestChange(pullRequest), claim.signal);
  try {
    const snapshot = await source.snapshot();
    if (isRelevant(snapshot, work.deps.extraction)) await publishWhole(work, check, source);
    else await publishNothing(work, check, snapshot);
  } finally {
    await source.close();
  }
}

/** Whether some front-end reads what changed, or which files there are, which tells a local model from one of a hub. */
function isRelevant({ changes }: Snapshot, { claims }: FactExtraction): boolean {
  return changes.some((change) => change.status !== 'modified' || claims(change.path));
}

async function publishNothing(work: PullRequestWork, check: OwnCheck, { changes }: Snapshot): Promise<void> {
  const { hindrance } = await publishComments(work, NO_COMMENTS);
  await assertCurrent(work);
  await completeCheck(work, check, { ...irrelevantOutcome(changes.length), tellsAll: hindrance === null });
  work.log.info({ changes: changes.length }, 'nothing relevant');
}

async function publishWhole(work: PullRequestWork, check: OwnCheck, source: ChangeSource): Promise<void> {
  const { claim, policy, deps, log } = work;
  const { repository } = claim.pullRequest;
  const { extraction, detectors, bounds, playbook, links } = deps;
  const caches = {
    facts: deps.store.facts(repository.id),
    runs: deps.store.runs(repository.id),
    builds: deps.builds,
  };
  const clock = () => performance.now();
  const review = await createChangeReview({
    source,
    extraction,
    caches,
    detectors,
    bounds,
    options: policy.judge,
    clock,
  })();
  const named = { server: links.server, owner: repository.owner, repo: repository.name };
  const telling = tellOnGithub(review, playbook, { repository: named, rulePage: links.rulePage });
  const outcome = await publishComments(work, { ...telling, ...findingsToTell(review) });
  const { conclusion, output } = telling.checkRun({ ...outcome, annotations: policy.annotations });
  await assertCurrent(work);
  await completeCheck(work, check, { conclusion, output, tellsAll: outcome.hindrance === null });
  log.info({ conclusion, findings: review.comparison.findings.length, timings: review.timings }, 'reviewed');
}

function findingsToTell({ comparison, files }: Review) {
  const fresh = comparison.findings.filter(({ state }) => state === 'new');
  const before = comparison.findings.filter(({ state }) => state === 'unchanged' || state === 'updated');
  const unread = [...files.partial, ...files.skipped];
  const isCutShort = comparison.head.failures.length > 0 || unread.some(({ reading }) => CHANCE.has(reading.reason));
  return {
    live: fresh.map(({ fingerprint }) => fingerprint),
    onBase: new Set(before.map(({ fingerprint }) => fingerprint)),
    unsure: isCutShort ? ('all' as const) : new Set<string>(unread.map(({ path }) => path)),
  };
}

/** Reasons that may be gone at the next look, and with them what was found. */
const CHANCE = new Set<string>(['too-slow', 'crashed']);

/** Whoever comes next cancels the check run of this head, unless the pull request was closed and nobody comes. */
async function leave({ claim, deps, log }: PullRequestWork, check: OwnCheck | null): Promise<void> {
  const { pullRequest } = claim;
  const { repository, installation: through, number, head } = pullRequest;
  const now = await deps.store.pullRequests.find({ repository: repository.id, installation: through, number });
  log.info({ open: now?.open ?? false }, 'superseded');
  if (check === null || now?.open === true) return;
  // Not the one of this work, which reads and writes nothing more by now.
  await endCheck(deps.host.installation(through), pullRequest, { head, check: check.id }, closedOutcome());
  await deps.store.pullRequests.checkSwept({ pullRequest, head, check: check.id });
}

/** The check run tells that the analysis did not finish, and why; nobody waits for it. */
async function giveUp(work: PullRequestWork, check: OwnCheck | null, error: unknown): Promise<void> {
  work.log.error({ err: error }, 'the analysis did not finish');
  if (check === null) return;
  try {
    await assertCurrent(work);
    await completeCheck(work, check, { ...unfinishedOutcome(adviceFor(error)), tellsAll: false });
  } catch (later) {
    if (later instanceof Outdated) await leave(work, check);
    else if (!(later instanceof HostError) || isWorthAnotherTry(later)) throw later;
  }
}
