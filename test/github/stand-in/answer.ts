import type { Caller } from './callers.js';
import type { Operation } from './description.js';
import { requirePermission } from './permissions.js';
import { notFound } from './refusal.js';
import type { HostedPull, HostedRepository, World } from './world.js';

/** A request as a handler sees it. */
export interface Call {
  readonly world: World;
  readonly operation: Operation;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly accept: string;
  readonly caller: Caller;
  /** The roots of the API and of archives, without a slash at their end. */
  readonly apiUrl: string;
  readonly archiveUrl: string;
  /** The path that was asked for, below the root of the API. */
  readonly path: string;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly raw?: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Handler = (call: Call) => Answer | Promise<Answer>;

/** The repository of the path, where the caller may do there what the operation does. */
export function repositoryOf({ world, operation, caller }: Call): HostedRepository {
  const { owner = '', repo = '' } = operation.parameters;
  const found = world.repository(owner, repo);
  if (found === null) throw notFound();
  requirePermission(found, caller, operation.id);
  return found;
}

export function pullOf(call: Call): { readonly repository: HostedRepository; readonly pull: HostedPull } {
  const repository = repositoryOf(call);
  const pull = repository.pulls.get(Number(call.operation.parameters.pull_number));
  if (pull === undefined) throw notFound();
  return { repository, pull };
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly headers: Readonly<Record<string, string>>;
}

const MOST_PER_PAGE = 100;

/** The page of a list that was asked for, with the links to the others that GitHub puts into a header. */
export function paged<T>(call: Call, items: readonly T[]): Page<T> {
  const size = Math.min(MOST_PER_PAGE, positive(call.query.get('per_page'), 30));
  const page = positive(call.query.get('page'), 1);
  const last = Math.max(1, Math.ceil(items.length / size));
  const link = (to: number, name: string): string => {
    const query = new URLSearchParams(call.query);
    query.set('page', String(to));
    return `<${call.apiUrl}${call.path}?${query}>; rel="${name}"`;
  };
  const links = [
    ...(page > 1 ? [link(page - 1, 'prev')] : []),
    ...(page < last ? [link(page + 1, 'next'), link(last, 'last')] : []),
    ...(page > 1 ? [link(1, 'first')] : []),
  ];
  return {
    items: items.slice((page - 1) * size, page * size),
    headers: links.length === 0 ? {} : { link: links.join(', ') },
  };
}

export function positive(text: string | null, otherwise: number): number {
  const number = Number(text ?? otherwise);
  return Number.isInteger(number) && number > 0 ? number : otherwise;
}

/** The body as an object; validated before, so that its fields are what the description says. */
export function fieldsOf<T>(body: unknown): Partial<T> {
  return (body ?? {}) as Partial<T>;
}
