import { GraphqlResponseError } from '@octokit/graphql';
import type { Octokit } from './client.js';
import type { Fetch } from './traffic.js';

/** The host as one piece of work may use it. */
export interface Access {
  readonly client: Octokit;
  /** Sends what has no answer once, and not several times as the client does. */
  readonly once: Fetch;
  readonly signal: AbortSignal;
}

/** What a query of GraphQL gives: some of it may be missing, with errors in its place. */
export interface QueryAnswer {
  readonly data: unknown;
  readonly errors: readonly { readonly type?: string }[];
}

/** Asks GraphQL. Where `once`, a query without an answer is not sent again as it is. */
export async function query(
  { client, once }: Access,
  text: string,
  variables: Readonly<Record<string, unknown>>,
  options: { readonly once: boolean } = { once: false },
): Promise<QueryAnswer> {
  try {
    const request = options.once ? { request: { fetch: once } } : {};
    return { data: await client.graphql(text, { ...variables, ...request }), errors: [] };
  } catch (error) {
    if (!(error instanceof GraphqlResponseError)) throw error;
    return { data: error.data, errors: error.errors ?? [] };
  }
}
