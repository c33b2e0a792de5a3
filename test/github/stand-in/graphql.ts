import { schema as published } from '@octokit/graphql-schema';
import { buildSchema, type ExecutionResult, type GraphQLSchema, graphql } from 'graphql';
import type { HostedComment, HostedPull, HostedRepository, World } from './world.js';

/** `Blob.text` ends here, and `isTruncated` says so. */
const LONGEST_TEXT = 512_000;

let built: GraphQLSchema | null = null;

/** Answers a query by GitHub's own schema: what the schema does not allow is an error, as it is there. */
export async function answerQuery(
  world: World,
  installation: number | null,
  request: { readonly query: string; readonly variables?: Record<string, unknown> },
): Promise<ExecutionResult> {
  built ??= buildSchema(published.idl, { assumeValid: true });
  return graphql({
    schema: built,
    source: request.query,
    variableValues: request.variables ?? {},
    rootValue: rootOf(world, installation),
  });
}

function rootOf(world: World, installation: number | null): object {
  return {
    viewer: { login: world.bot.login, databaseId: world.bot.id },
    rateLimit: { cost: 1, remaining: 4999, limit: 5000, resetAt: '2030-01-01T00:00:00Z' },
    repository: ({ owner, name }: { owner: string; name: string }) => {
      const found = world.repository(owner, name);
      if (found === null || found.installation !== installation) {
        throw new Error(`Could not resolve to a Repository with the name '${owner}/${name}'.`);
      }
      return repositoryNode(found, world);
    },
  };
}

function repositoryNode(repository: HostedRepository, world: World): object {
  return {
    databaseId: repository.id,
    isPrivate: repository.private,
    nameWithOwner: `${repository.owner}/${repository.name}`,
    object: ({ oid, expression }: { oid?: string; expression?: string }) =>
      objectNode(repository, oid ?? expression ?? '', world),
    pullRequest: ({ number }: { number: number }) => {
      const pull = repository.pulls.get(number);
      return pull === undefined ? null : pullNode(pull, world);
    },
  };
}

function objectNode({ git }: HostedRepository, name: string, world: World): object | null {
  const found = git.blob(name);
  if (found === null) return null;
  const { sha, bytes } = found;
  const isBinary = bytes.subarray(0, 8000).includes(0);
  const longest = world.longestBlobText ?? LONGEST_TEXT;
  const isTruncated = !isBinary && bytes.length > longest;
  const text = isBinary ? null : bytes.subarray(0, longest).toString('utf8');
  return { __typename: 'Blob', id: sha, oid: sha, byteSize: bytes.length, isBinary, isTruncated, text };
}

function pullNode(pull: HostedPull, world: World): object {
  return {
    number: pull.number,
    headRefOid: pull.head,
    isDraft: pull.draft,
    state: pull.open ? 'OPEN' : 'CLOSED',
    reviewThreads: (args: PageArguments) => connection(threads(pull), args, (thread) => threadNode(thread, world)),
    reviews: (args: PageArguments & { states?: string[] }) => {
      const seen = pull.reviews.filter(
        (it) =>
          (it.state !== 'PENDING' || it.author.id === world.bot.id) &&
          (args.states === undefined || args.states === null || args.states.includes(it.state)),
      );
      return connection(seen, args, (it) => ({
        databaseId: it.id,
        fullDatabaseId: String(it.id),
        state: it.state,
        author: actor(it.author, world),
      }));
    },
  };
}

type Thread = readonly [HostedComment, ...HostedComment[]];

function threads(pull: HostedPull): Thread[] {
  return pull.comments
    .filter((it) => it.inReplyTo === null)
    .map((first) => [first, ...pull.comments.filter((it) => it.inReplyTo === first.id)]);
}

function threadNode(thread: Thread, world: World): object {
  const [first] = thread;
  return {
    id: `PRRT_${first.id}`,
    isResolved: first.resolved,
    isOutdated: first.line === null,
    path: first.path,
    line: first.line,
    originalLine: first.originalLine,
    diffSide: first.side,
    comments: (args: PageArguments) => connection(thread, args, (it) => commentNode(it, world)),
  };
}

function commentNode(comment: HostedComment, world: World): object {
  return {
    id: `PRRC_${comment.id}`,
    databaseId: comment.id,
    fullDatabaseId: String(comment.id),
    author: actor(comment.author, world),
    body: comment.body,
    path: comment.path,
    line: comment.line,
    originalLine: comment.originalLine,
    outdated: comment.line === null,
    viewerDidAuthor: comment.author.id === world.bot.id,
  };
}

/** GraphQL tells a bot by its bare name, REST with `[bot]` behind it. */
function actor(account: HostedComment['author'], world: World): object {
  const isBot = account.type === 'Bot';
  const login = account.id === world.bot.id ? world.app.slug : account.login.replace(/\[bot\]$/, '');
  return { __typename: isBot ? 'Bot' : 'User', login, databaseId: account.id };
}

interface PageArguments {
  readonly first?: number;
  readonly after?: string;
}

function connection<T>(items: readonly T[], { first, after }: PageArguments, node: (item: T) => object): object {
  if (first === undefined || first === null || first < 1 || first > 100) {
    throw new Error('You must provide a `first` value of 1 to 100 records on a connection.');
  }
  const start = after === undefined || after === null ? 0 : Number(Buffer.from(after, 'base64').toString());
  const end = Math.min(items.length, start + first);
  const endCursor = end === start ? null : Buffer.from(String(end)).toString('base64');
  return {
    totalCount: items.length,
    nodes: items.slice(start, end).map(node),
    edges: items.slice(start, end).map((item) => ({ node: node(item), cursor: endCursor })),
    pageInfo: { hasNextPage: end < items.length, endCursor, hasPreviousPage: start > 0, startCursor: null },
  };
}
