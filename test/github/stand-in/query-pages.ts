import { GraphQLError } from 'graphql';

export interface PageArguments {
  readonly first?: number | null;
  readonly last?: number | null;
  readonly after?: string | null;
  readonly before?: string | null;
}

const MOST = 100;

/** A page of a list. https://docs.github.com/en/graphql/guides/using-pagination-in-the-graphql-api */
export function connection<T>(items: readonly T[], args: PageArguments, node: (item: T) => object): object {
  refuseBounds(args);
  const { first, last } = args;
  const low = args.after == null ? 0 : indexIn(args.after) + 1;
  const high = args.before == null ? items.length : indexIn(args.before);
  const start = first == null ? Math.max(low, high - (last ?? 0)) : low;
  const end = first == null ? high : Math.min(high, low + first);
  const shown = items.slice(start, end).map((item, at) => ({ cursor: cursorAt(start + at), node: node(item) }));
  return {
    totalCount: items.length,
    edges: shown,
    nodes: shown.map((edge) => edge.node),
    pageInfo: {
      hasNextPage: end < items.length,
      hasPreviousPage: start > 0,
      startCursor: shown[0]?.cursor ?? null,
      endCursor: shown.at(-1)?.cursor ?? null,
    },
  };
}

function refuseBounds({ first, last }: PageArguments): void {
  const count = first ?? last;
  if (count == null || (first != null && last != null))
    throw refusal('MISSING_PAGINATION_BOUNDARIES', 'You must provide a `first` or `last` value to properly paginate.');
  if (count < 0) throw refusal('ARGUMENT_LIMIT', '`first` and `last` cannot be less than zero.');
  if (count > MOST)
    throw refusal(
      'EXCESSIVE_PAGINATION',
      `Requesting ${count} records exceeds the \`first\` limit of ${MOST} records.`,
    );
}

function refusal(type: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { type } });
}

function cursorAt(index: number): string {
  return Buffer.from(`cursor:${index}`).toString('base64');
}

function indexIn(cursor: string): number {
  const [, index] = /^cursor:(\d+)$/.exec(Buffer.from(cursor, 'base64').toString()) ?? [];
  if (index === undefined)
    throw refusal('INVALID_CURSOR_ARGUMENTS', `\`${cursor}\` does not appear to be a valid cursor.`);
  return Number(index);
}
