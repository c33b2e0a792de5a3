import type { Operation } from './description.js';
import type { HostedPull, HostedRepository, World } from './world.js';

/** A request as a handler sees it. */
export interface Call {
  readonly world: World;
  readonly operation: Operation;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly accept: string;
  readonly apiUrl: string;
  readonly archiveUrl: string;
  /** The installation whose token it came with; null for the App itself. */
  readonly installation: number | null;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly raw?: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Handler = (call: Call) => Answer;

/** What a handler throws to answer with a failure. */
export class Refusal extends Error {
  readonly status: number;
  readonly errors: readonly unknown[];

  constructor(status: number, message: string, errors: readonly unknown[] = []) {
    super(message);
    this.status = status;
    this.errors = errors;
  }
}

/** The repository of the path, where the token may see it. What it may not see is not there. */
export function repositoryOf({ world, operation, installation }: Call): HostedRepository {
  const { owner = '', repo = '' } = operation.parameters;
  const found = world.repository(owner, repo);
  if (found === null || (found.private && found.installation !== installation)) throw new Refusal(404, 'Not Found');
  if (found.installation !== installation) throw new Refusal(403, 'Resource not accessible by integration');
  return found;
}

export function pullOf(call: Call): { readonly repository: HostedRepository; readonly pull: HostedPull } {
  const repository = repositoryOf(call);
  const pull = repository.pulls.get(Number(call.operation.parameters.pull_number));
  if (pull === undefined) throw new Refusal(404, 'Not Found');
  return { repository, pull };
}

/** A page of a list, with the links to the others that GitHub puts into a header. */
export function paged<T>(
  call: Call,
  items: readonly T[],
  path: string,
  most = Number.POSITIVE_INFINITY,
): { items: readonly T[]; headers: Record<string, string> } {
  const size = Math.min(100, Number(call.query.get('per_page') ?? 30));
  const page = Number(call.query.get('page') ?? 1);
  const known = items.slice(0, most);
  const last = Math.max(1, Math.ceil(known.length / size));
  const link = (to: number, name: string): string => {
    const query = new URLSearchParams(call.query);
    query.set('page', String(to));
    return `<${call.apiUrl}${path}?${query}>; rel="${name}"`;
  };
  const links = [
    ...(page < last ? [link(page + 1, 'next'), link(last, 'last')] : []),
    ...(page > 1 ? [link(page - 1, 'prev'), link(1, 'first')] : []),
  ];
  return {
    items: known.slice((page - 1) * size, page * size),
    headers: links.length === 0 ? {} : { link: links.join(', ') },
  };
}

/** The body as an object; validated before, so that its fields are what the description says. */
export function fieldsOf<T>(body: unknown): Partial<T> {
  return (body ?? {}) as Partial<T>;
}
