import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Answer, Call, Handler } from './answer.js';
import { appHandlers } from './apps.js';
import { ArchiveLinks } from './archive-links.js';
import { type Caller, callerOf, isVisible } from './callers.js';
import { checkHandlers } from './checks.js';
import { contentHandlers } from './contents.js';
import { type Operation, operationOf, requestFault, responseFault } from './description.js';
import type { Fault, RecordedRequest } from './faults.js';
import { answerQuery } from './graphql.js';
import { toJson } from './json.js';
import { admit } from './permissions.js';
import { pullRequestHandlers } from './pull-requests.js';
import { invalidRequest, notFound, Refusal } from './refusal.js';
import { reviewCommentHandlers } from './review-comments.js';
import { reviewHandlers } from './reviews.js';
import { suiteHandlers } from './suites.js';
import { SecondaryLimit, Usage } from './usage.js';
import { nameOf, type World } from './world.js';

const HANDLERS: Readonly<Record<string, Handler>> = {
  ...appHandlers,
  ...contentHandlers,
  ...pullRequestHandlers,
  ...checkHandlers,
  ...suiteHandlers,
  ...reviewHandlers,
  ...reviewCommentHandlers,
};
const API = '/api/v3';
const QUERIES = '/api/graphql';

/** The HTTP side: two ports of 127.0.0.1, one for the API and one that archives are fetched from. */
export class HttpSide {
  readonly requests: RecordedRequest[] = [];
  /** What GitHub's description does not allow, of requests and of our own answers. */
  readonly violations: string[] = [];
  readonly faults: Fault[] = [];
  readonly #world: World;
  readonly #usage: Usage;
  readonly #archives: ArchiveLinks;
  readonly #api: Server;
  readonly #archive: Server;
  readonly #onRedelivery: (id: bigint) => void;

  constructor(world: World, onRedelivery: (id: bigint) => void) {
    this.#world = world;
    this.#usage = new Usage(world.limits);
    this.#archives = new ArchiveLinks(world, () => this.archiveUrl);
    this.#onRedelivery = onRedelivery;
    this.#api = createServer((request, response) => void this.#serveApi(request, response));
    this.#archive = createServer((request, response) => void this.#serveArchive(request, response));
  }

  async listen(): Promise<void> {
    for (const server of [this.#api, this.#archive]) {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    }
  }

  /** `127.0.0.1:PORT`, as GHE_HOST takes it. */
  get host(): string {
    return `127.0.0.1:${(this.#api.address() as AddressInfo).port}`;
  }

  get archiveUrl(): string {
    return `http://127.0.0.1:${(this.#archive.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const server of [this.#api, this.#archive]) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  async #serveApi(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await textOf(request);
    if (text === null) return;
    const url = new URL(request.url ?? '/', `http://${this.host}`);
    const method = request.method ?? 'GET';
    const path = this.#currentPath(url.pathname);
    const operation = path === null ? null : operationOf(method, path);
    const isQuery = method === 'POST' && url.pathname === QUERIES;
    const record = this.#record({
      method,
      path: `${path ?? url.pathname}${url.search}`,
      operation: isQuery ? 'graphql' : (operation?.id ?? 'unknown'),
      body: parsed(text),
    });
    const isJson = text === '' || record.body !== undefined;
    const asked: Asked = { request, url, path: path ?? '', operation, record, isJson, end: () => {} };
    await this.#exchange(record, request, response, () => this.#answer(asked));
    asked.end();
  }

  async #serveArchive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.archiveUrl);
    const record = this.#record({ method: 'GET', path: url.pathname, operation: 'archive', body: undefined });
    // What it needs is in the address; a token is for the API alone.
    if (request.headers.authorization !== undefined) this.violations.push('a token was sent to the archive host');
    await this.#exchange(record, request, response, () => this.#archives.answer(url));
  }

  #record(request: Pick<RecordedRequest, 'method' | 'path' | 'operation' | 'body'>): RecordedRequest {
    const record = { ...request, at: Date.now(), milliseconds: 0, status: 0 };
    this.requests.push(record);
    return record;
  }

  /** Answers one request, with what goes wrong on the way. */
  async #exchange(
    record: RecordedRequest,
    request: IncomingMessage,
    response: ServerResponse,
    work: () => Promise<Answer>,
  ): Promise<void> {
    const fault = this.faults.find((it) => it.times > 0 && it.when(record));
    if (fault !== undefined) fault.times -= 1;
    const effect = fault?.effect;
    if (effect?.kind === 'drop-before') return void request.socket.destroy();
    const given = effect?.kind === 'answer' ? effect.answer : await work();
    if (effect?.kind === 'slow') await pause(effect.milliseconds, undefined, { ref: false });
    if (effect?.kind === 'drop-after') return void request.socket.destroy();
    const answer = effect?.kind === 'answer-after' ? effect.answer : given;
    record.status = effect?.kind === 'cut' ? 0 : answer.status;
    record.milliseconds = Date.now() - record.at;
    if (effect?.kind === 'cut') cutOff(response, answer);
    else send(response, effect?.kind === 'partial' ? withErrors(answer, effect.paths) : answer);
  }

  async #answer(asked: Asked): Promise<Answer> {
    const { request, record } = asked;
    let caller: Caller = { kind: 'nobody' };
    try {
      if (request.headers['user-agent'] === undefined)
        throw new Refusal(
          403,
          'Request forbidden by administrative rules. Please make sure your request has a User-Agent header',
        );
      caller = callerOf(this.#world, request.headers.authorization);
      asked.end = this.#usage.begin(caller, record);
      return this.#withLimits(await this.#answerTo(caller, asked), caller, record);
    } catch (error) {
      return this.#withLimits(this.#failure(error, record), caller, record);
    }
  }

  #withLimits(answer: Answer, caller: Caller, record: RecordedRequest): Answer {
    return { ...answer, headers: { ...this.#usage.headers(caller, record), ...answer.headers } };
  }

  #failure(error: unknown, { method, path }: RecordedRequest): Answer {
    if (error instanceof SecondaryLimit) return { ...error.answer, headers: error.headers };
    if (error instanceof Refusal) return error.answer;
    this.violations.push(`${method} ${path} failed here: ${error instanceof Error ? error.stack : String(error)}`);
    return { status: 500, body: { message: 'the stand-in failed' } };
  }

  async #answerTo(caller: Caller, { request, url, path, operation, record, isJson }: Asked): Promise<Answer> {
    const name = `${record.method} ${record.path}`;
    if (!isJson) throw new Refusal(400, 'Problems parsing JSON');
    admit(caller, record.operation);
    if (record.operation === 'graphql') {
      const { answer, violations } = await answerQuery(this.#world, caller, record.body);
      this.violations.push(...violations.map((it) => `graphql: ${it}`));
      return { status: 200, body: answer };
    }
    const moved = this.#movedTo(path, url, record.method, caller);
    if (moved !== null) return moved;
    const handler = operation === null ? undefined : HANDLERS[operation.id];
    if (operation === null || handler === undefined) {
      this.violations.push(`${name} is not served`);
      throw notFound();
    }
    const fault = requestFault(operation, url.searchParams, record.body);
    if (fault !== null) {
      this.violations.push(`${name}: ${fault}`);
      throw invalidRequest([fault]);
    }
    const answer = await this.#handled(handler, {
      world: this.#world,
      operation,
      query: url.searchParams,
      body: record.body,
      accept: request.headers.accept ?? '',
      caller,
      apiUrl: `http://${this.host}${API}`,
      archiveUrl: this.archiveUrl,
      path,
    });
    const wrong = responseFault(operation.id, answer.status, sentBody(answer));
    if (wrong !== null) this.violations.push(`the answer to ${name}: ${wrong}`);
    return answer;
  }

  /** Refusals are answers too, and held to the description like others. */
  async #handled(handler: Handler, call: Call): Promise<Answer> {
    try {
      switch (call.operation.id) {
        case 'rate-limit/get': {
          const core = this.#usage.state(call.caller, 'core');
          const graphql = this.#usage.state(call.caller, 'graphql');
          return { status: 200, body: { resources: { core, search: core, graphql }, rate: core } };
        }
        case 'apps/redeliver-webhook-delivery': {
          const answer = await handler(call);
          this.#onRedelivery(BigInt(call.operation.parameters.delivery_id ?? 0));
          return answer;
        }
        case 'repos/download-tarball-archive':
          return this.#archives.linkTo(call);
        default:
          return await handler(call);
      }
    } catch (error) {
      if (error instanceof Refusal) return error.answer;
      throw error;
    }
  }

  /** The path below the root of the API, with the name of a repository in the place of its number. */
  #currentPath(pathname: string): string | null {
    if (!pathname.startsWith(`${API}/`)) return null;
    const path = pathname.slice(API.length);
    const [, id, rest = ''] = /^\/repositories\/(\d+)(\/.*)?$/.exec(path) ?? [];
    const repository = id === undefined ? undefined : this.#world.repositories.find((it) => it.id === Number(id));
    return repository === undefined ? path : `/repos/${nameOf(repository)}${rest}`;
  }

  /** A repository that has another name now is found by its number. */
  #movedTo(path: string, url: URL, method: string, caller: Caller): Answer | null {
    const [, owner = '', name = '', rest = ''] = /^\/repos\/([^/]+)\/([^/]+)(\/.*)?$/.exec(path) ?? [];
    if (owner === '' || this.#world.repository(owner, name) !== null) return null;
    const repository = this.#world.formerly(owner, name);
    if (repository === null || !isVisible(repository, caller)) return null;
    const location = `http://${this.host}${API}/repositories/${repository.id}${rest}${url.search}`;
    const body = { message: 'Moved Permanently', url: location, documentation_url: 'https://docs.github.com/rest' };
    return { status: method === 'GET' ? 301 : 307, headers: { location }, body };
  }
}

interface Asked {
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly path: string;
  readonly operation: Operation | null;
  readonly record: RecordedRequest;
  readonly isJson: boolean;
  /** It is under way no longer. */
  end: () => void;
}

/** Null where the request broke off. */
async function textOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    return null;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What was really sent, as its reader gets it. */
function sentBody({ body }: Answer): unknown {
  return body === undefined ? undefined : JSON.parse(toJson(body));
}

function send(response: ServerResponse, { status, body, raw, headers = {} }: Answer): void {
  const type = raw === undefined ? { 'content-type': 'application/json; charset=utf-8' } : {};
  response.writeHead(status, { ...(body === undefined ? {} : type), ...headers });
  response.end(raw ?? (body === undefined ? '' : toJson(body)));
}

/** Half of the answer, and then nothing. */
function cutOff(response: ServerResponse, { status, body, raw, headers = {} }: Answer): void {
  const bytes = raw ?? Buffer.from(toJson(body ?? {}));
  response.writeHead(status, { 'content-type': 'application/json', ...headers, 'content-length': bytes.length });
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.socket?.destroy());
}

/** GraphQL tells what it could not do beside what it could, with status 200. */
function withErrors(answer: Answer, paths: readonly string[]): Answer {
  const { data } = (answer.body ?? {}) as { data?: Record<string, unknown> };
  const repository = { ...(data?.repository as Record<string, unknown>) };
  const errors = paths.map((path) => ({
    type: 'RESOURCE_LIMITS_EXCEEDED',
    path: ['repository', path],
    message: 'Resource limits for this query exceeded.',
  }));
  for (const path of paths) if (path in repository) repository[path] = null;
  return { ...answer, body: { data: { ...data, repository }, errors } };
}
