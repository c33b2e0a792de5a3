import { schema as published } from '@octokit/graphql-schema';
import {
  buildSchema,
  type DocumentNode,
  execute,
  type GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  parse,
  validate,
} from 'graphql';
import type { Caller } from './callers.js';
import { rootOf } from './query-nodes.js';
import type { World } from './world.js';

export interface QueryAnswer {
  readonly answer: object;
  /** What the schema does not allow, and what the stand-in itself does not have. */
  readonly violations: readonly string[];
}

let built: GraphQLSchema | null = null;

/** Answers a query by GitHub's own schema. What the schema does not allow is an error, as it is there. */
export async function answerQuery(world: World, caller: Caller, body: unknown): Promise<QueryAnswer> {
  const { query, variables } = (body ?? {}) as { query?: unknown; variables?: Record<string, unknown> };
  if (typeof query !== 'string') return refused(['A query attribute must be specified and must be a string.']);
  built ??= buildSchema(published.idl, { assumeValid: true });
  const document = parsed(query);
  if (typeof document === 'string') return refused([document]);
  const wrong = validate(built, document);
  if (wrong.length > 0) return refused(wrong.map(({ message }) => message));
  const missing: string[] = [];
  const { data, errors = [] } = await execute({
    schema: built,
    document,
    variableValues: variables ?? {},
    rootValue: rootOf(world, caller),
    fieldResolver: fieldResolver(missing),
  });
  if (data === undefined) return refused(errors.map(({ message }) => message));
  const told = errors.length === 0 ? {} : { errors: errors.map(shownError) };
  return { answer: { data, ...told }, violations: [...new Set(missing)] };
}

function parsed(query: string): DocumentNode | string {
  try {
    return parse(query);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function refused(messages: readonly string[]): QueryAnswer {
  return { answer: { errors: messages.map((message) => ({ message })) }, violations: messages };
}

/** GitHub puts the kind of an error beside its words. */
function shownError({ message, path, locations, extensions }: GraphQLError): object {
  return { ...(typeof extensions.type === 'string' ? { type: extensions.type } : {}), path, locations, message };
}

/** As the library resolves fields, but what a node does not have is told instead of being null. */
function fieldResolver(missing: string[]): GraphQLFieldResolver<Record<string, unknown>, unknown> {
  return (source, args, context, { fieldName, parentType }) => {
    const value = source[fieldName];
    if (value === undefined) missing.push(`the stand-in has no ${parentType.name}.${fieldName}`);
    return typeof value === 'function' ? value.call(source, args, context) : value;
  };
}
