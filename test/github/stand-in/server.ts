import { createVerify } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Answer, type Call, type Handler, Refusal } from './answer.js';
import { appHandlers } from './apps.js';
import { checkHandlers } from './checks.js';
import { contentHandlers } from './contents.js';
import { operationOf, requestFault, responseFault } from './description.js';
import type { Fault, RecordedRequest } from './faults.js';
import { answerQuery } from './graphql.js';
import { isPermitted, OF_THE_APP } from './permissions.js';
import { reviewHandlers } from './reviews.js';
import type { World } from './world.js';

const HANDLERS: Readonly<Record<string, Handler>> = {
  ...appHandlers,
  ...contentHandlers,
  ...checkHandlers,
  ...reviewHandlers,
};
const API = '/api/v3';
const ARCHIVE = /^\/([^/]+)\/([^/]+)\/legacy\.tar\.gz\/([0-9a-f]+)$/;

/** The HTTP side: two ports of 127.0.0.1, one for the API and one that archives are fetched from. */
export class HttpSide {
  readonly requests: RecordedRequest[] = [];
  /** What GitHub's description does not allow, of requests and of our own answers. */
  readonly violations: string[] = [];
  readonly faults: Fault[] = [];
  readonly #world: World;
  readonly #api: Server;
  readonly #archive: Server;
  readonly #onRedelivery: (id: number) => void;

  constructor(world: World, onRedelivery: (id: number) => void) {
    this.#world = world;
    this.#onRedelivery = onRedelivery;
    this.#api = createServer((request, response) => void this.#serve(request, response));
    this.#archive = createServer((request, response) => this.#serveArchive(request, response));
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

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    const url = new URL(request.url ?? '/', `http://${this.host}`);
    const body = text === '' ? undefined : (JSON.parse(text) as unknown);
    const method = request.method ?? 'GET';
    const isQuery = method === 'POST' && url.pathname === '/api/graphql';
    const operation = url.pathname.startsWith(API) ? operationOf(method, url.pathname.slice(API.length)) : null;
    const record: RecordedRequest = {
      method,
      path: url.pathname.slice(isQuery ? 0 : API.length) + url.search,
      operation: isQuery ? 'graphql' : (operation?.id ?? 'unknown'),
      body,
      at: Date.now(),
      status: 0,
    };
    this.requests.push(record);
    const fault = this.faults.find((it) => it.times > 0 && it.when(record));
    if (fault !== undefined) fault.times -= 1;
    const effect = fault?.effect;
    if (effect?.kind === 'drop-before') return void request.socket.destroy();
    if (effect?.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, effect.milliseconds));
    const answer =
      effect?.kind === 'answer' ? effect.answer : await this.#answer(request, url, record, body, operation);
    if (effect?.kind === 'drop-after') return void request.socket.destroy();
    record.status = answer.status;
    send(response, effect?.kind === 'partial' ? withErrors(answer, effect.paths) : answer);
  }

  async #answer(
    request: IncomingMessage,
    url: URL,
    record: RecordedRequest,
    body: unknown,
    operation: ReturnType<typeof operationOf>,
  ): Promise<Answer> {
    try {
      const installation = this.#authorised(request, record.operation);
      if (record.operation === 'graphql')
        return { status: 200, body: await answerQuery(this.#world, installation, body as { query: string }) };
      const handler = operation === null ? undefined : HANDLERS[operation.id];
      if (operation === null || handler === undefined) {
        this.violations.push(`${record.method} ${record.path} is not served`);
        return { status: 404, body: { message: 'Not Found' } };
      }
      const fault = requestFault(operation.id, url.searchParams, body);
      if (fault !== null) {
        this.violations.push(`${record.method} ${record.path}: ${fault}`);
        return { status: 422, body: { message: 'Invalid request.', errors: [fault] } };
      }
      const call: Call = {
        world: this.#world,
        operation,
        query: url.searchParams,
        body,
        accept: request.headers.accept ?? '',
        apiUrl: `http://${this.host}${API}`,
        archiveUrl: this.archiveUrl,
        installation,
      };
      const answer = handler(call);
      if (operation.id === 'apps/redeliver-webhook-delivery')
        this.#onRedelivery(Number(operation.parameters.delivery_id));
      const wrong = responseFault(operation.id, answer.status, answer.body);
      if (wrong !== null) this.violations.push(`the answer to ${record.method} ${record.path}: ${wrong}`);
      return answer;
    } catch (error) {
      if (error instanceof Refusal)
        return {
          status: error.status,
          body: { message: error.message, errors: error.errors, documentation_url: 'https://docs.github.com/rest' },
        };
      this.violations.push(`${record.method} ${record.path} failed here: ${String(error)}`);
      return { status: 500, body: { message: 'the stand-in failed' } };
    }
  }

  /** The installation whose token came with the request; null for the App itself. */
  #authorised(request: IncomingMessage, operation: string): number | null {
    const [scheme = '', value = ''] = (request.headers.authorization ?? '').split(' ');
    if (OF_THE_APP.has(operation)) {
      if (scheme.toLowerCase() !== 'bearer' || !this.#isSignedByApp(value))
        throw new Refusal(401, 'A JSON web token could not be decoded');
      return null;
    }
    const token = this.#world.tokens.get(value);
    if (token === undefined || token.until < Date.now()) throw new Refusal(401, 'Bad credentials');
    if (!isPermitted(operation, this.#world.app.permissions))
      throw new Refusal(403, 'Resource not accessible by integration');
    return token.installation;
  }

  #isSignedByApp(token: string): boolean {
    const [header = '', payload = '', signature = ''] = token.split('.');
    const verify = createVerify('RSA-SHA256').update(`${header}.${payload}`);
    if (!verify.verify(this.#world.app.publicKey, signature, 'base64url')) return false;
    const { iss, exp } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { iss: unknown; exp: number };
    return String(iss) === String(this.#world.app.id) && exp * 1000 > Date.now();
  }

  /** The token stays with the API: an archive host that gets one is told off. */
  #serveArchive(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', this.archiveUrl);
    const record: RecordedRequest = {
      method: 'GET',
      path: url.pathname,
      operation: 'archive',
      body: undefined,
      at: Date.now(),
      status: 200,
    };
    this.requests.push(record);
    if (request.headers.authorization !== undefined) this.violations.push('a token was sent to the archive host');
    const fault = this.faults.find((it) => it.times > 0 && it.when(record));
    if (fault !== undefined) fault.times -= 1;
    if (fault?.effect.kind === 'drop-before') request.socket.destroy();
    else send(response, fault?.effect.kind === 'answer' ? fault.effect.answer : this.#archived(url.pathname));
  }

  #archived(path: string): Answer {
    const [, owner = '', name = '', sha = ''] = ARCHIVE.exec(path) ?? [];
    const repository = this.#world.repository(owner, name);
    if (repository === null) return { status: 404, body: { message: 'Not Found' } };
    return { status: 200, raw: repository.git.archive(sha, `${owner}-${name}-${sha.slice(0, 7)}/`) };
  }
}

function send(response: ServerResponse, { status, body, raw, headers = {} }: Answer): void {
  const limits = {
    'x-ratelimit-limit': '5000',
    'x-ratelimit-remaining': '4999',
    'x-ratelimit-reset': String(Math.floor(Date.now() / 1000) + 3600),
  };
  const type = raw === undefined ? 'application/json; charset=utf-8' : 'application/vnd.github.raw';
  response.writeHead(status, { 'content-type': type, ...limits, ...headers });
  response.end(raw ?? (body === undefined ? '' : JSON.stringify(body)));
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
