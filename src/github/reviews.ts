import { z } from 'zod';
import type { NewReview, OwnThread, Reviews, StandingReview } from '../app/hosting.js';
import { HostError } from '../app/hosting.js';
import { commitSha } from '../model/identifiers.js';
import type { PullRequest } from '../model/pull-request.js';
import { type Access, query } from './access.js';
import { asking, forbidden, statusOf, unreadableAnswer } from './host-errors.js';
import { addressOf, type RepositoryAddress } from './repository-address.js';

/** The review comments of pull requests, as the account that the client is authorised for sees them. */
export function createReviews(access: Access): Reviews {
  const { client, signal } = access;
  const inPullRequest = ({ repository, number }: PullRequest) => ({ ...addressOf(repository), pull_number: number });
  return {
    standing: (pullRequest) => asking(signal, () => readStanding(access, pullRequest)),
    post: (pullRequest, review) =>
      asking(signal, async () => {
        try {
          await client.rest.pulls.createReview({ ...inPullRequest(pullRequest), ...bodyOf(review) });
          return 'posted';
        } catch (error) {
          if (statusOf(error) === 422) return 'refused';
          throw error;
        }
      }),
    edit: async (pullRequest, comment, body) => {
      const address = { ...addressOf(pullRequest.repository), comment_id: comment, body };
      await asking(signal, () => client.rest.pulls.updateReviewComment(address));
    },
    remove: async (pullRequest, comment) => {
      const address = { ...addressOf(pullRequest.repository), comment_id: comment };
      await asking(signal, () => unlessGone(client.rest.pulls.deleteReviewComment(address)));
    },
    discardPending: async (pullRequest, review) => {
      const address = { ...inPullRequest(pullRequest), review_id: review };
      await asking(signal, () => unlessGone(client.rest.pulls.deletePendingReview(address)));
    },
  };
}

function bodyOf({ commit_id, event, comments }: NewReview) {
  return { commit_id, event, comments: comments.map((comment) => ({ ...comment })) };
}

async function unlessGone(work: Promise<unknown>): Promise<void> {
  await work.catch((error) => {
    if (statusOf(error) !== 404) throw error;
  });
}

/**
 * REST does not tell which threads are resolved. The account is known by its number: GraphQL spells the name of a bot
 * otherwise than REST, and anybody may write our marker. The full number of a comment does not fit the older field.
 */
const STANDING = `query ($owner: String!, $repo: String!, $number: Int!, $after: String) {
  viewer { databaseId }
  repository(owner: $owner, name: $repo) {
    pullRequest(number: $number) {
      headRefOid
      reviews(first: 10, states: [PENDING]) { nodes { fullDatabaseId author { ...account } } }
      reviewThreads(first: 100, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes {
          path
          line
          startLine
          diffSide
          isResolved
          comments(first: 50) {
            totalCount
            nodes { fullDatabaseId body originalCommit { oid } author { ...account } }
          }
        }
      }
    }
  }
}
fragment account on Actor {
  ... on Bot { databaseId }
  ... on User { databaseId }
}`;

const ACCOUNT = z.object({ databaseId: z.number().nullish() }).nullable();
const NUMBER = z.union([z.number(), z.string()]).transform(Number).pipe(z.number().int());
const COMMENT = z.object({
  fullDatabaseId: NUMBER,
  body: z.string(),
  originalCommit: z.object({ oid: z.string() }).nullable(),
  author: ACCOUNT,
});
const THREAD = z.object({
  path: z.string(),
  line: z.number().int().nullable(),
  startLine: z.number().int().nullable(),
  diffSide: z.enum(['LEFT', 'RIGHT']),
  isResolved: z.boolean(),
  comments: z.object({ totalCount: z.number(), nodes: z.array(COMMENT) }),
});
const PAGE = z.object({
  viewer: z.object({ databaseId: z.number() }),
  repository: z.object({
    pullRequest: z.object({
      headRefOid: z.string(),
      reviews: z.object({ nodes: z.array(z.object({ fullDatabaseId: NUMBER, author: ACCOUNT })) }),
      reviewThreads: z.object({
        pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
        nodes: z.array(THREAD),
      }),
    }),
  }),
});
type Page = z.infer<typeof PAGE>;

async function readStanding(access: Access, pullRequest: PullRequest): Promise<StandingReview> {
  const threads: OwnThread[] = [];
  let after: string | null = null;
  for (;;) {
    const { viewer, repository }: Page = await readPage(access, pullRequest, after);
    const { headRefOid, reviews, reviewThreads } = repository.pullRequest;
    threads.push(...reviewThreads.nodes.flatMap((thread) => ownThread(thread, viewer.databaseId) ?? []));
    after = reviewThreads.pageInfo.endCursor;
    if (reviewThreads.pageInfo.hasNextPage && after !== null) continue;
    const pending = reviews.nodes.find(({ author }) => author?.databaseId === viewer.databaseId);
    return { head: commitSha(headRefOid), pending: pending?.fullDatabaseId ?? null, threads };
  }
}

async function readPage(access: Access, { repository, number }: PullRequest, after: string | null): Promise<Page> {
  const address: RepositoryAddress = addressOf(repository);
  const { data, errors } = await query(access, STANDING, { ...address, number, after });
  if (errors.some(({ type }) => type === 'NOT_FOUND')) throw gone(address, number);
  if (errors.some(({ type }) => type === 'FORBIDDEN')) throw forbidden('the comments of a pull request');
  const page = PAGE.safeParse(data).data;
  // With part of the threads a finding would be told again that is told already.
  if (page === undefined || errors.length > 0) throw unreadableAnswer('the comments of a pull request');
  return page;
}

function gone({ owner, repo }: RepositoryAddress, number: number): HostError {
  return new HostError({
    code: 'gone',
    message: `GitHub shows no pull request ${owner}/${repo}#${number}.`,
    advice: 'Nothing to do if it was deleted or taken from the App. Otherwise an owner can give the App access to it.',
  });
}

/** Null for a thread that somebody else began. */
function ownThread(thread: z.infer<typeof THREAD>, own: number): OwnThread | null {
  const { path, line, startLine, diffSide, isResolved, comments } = thread;
  const [first] = comments.nodes;
  if (first === undefined || first.author?.databaseId !== own) return null;
  const others = comments.nodes.some(({ author }) => author?.databaseId !== own);
  return {
    comment: first.fullDatabaseId,
    body: first.body,
    path,
    at: line === null ? null : { side: diffSide, startLine: startLine ?? line, endLine: line },
    commit: first.originalCommit === null ? null : commitSha(first.originalCommit.oid),
    resolved: isResolved,
    answered: others || comments.totalCount > comments.nodes.length,
  };
}
