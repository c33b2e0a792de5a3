import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from '../logging/log.js';
import { UserError } from '../model/user-error.js';
import { BodyReader } from './body.js';
import { type Question, type Reply, type Route, SAFE_HEADERS, textReply } from './reply.js';

export const WEBHOOK_PATH = '/api/github/webhooks';

/** Answers a webhook whose body was read into `body`. */
export type WebhookMiddleware = (
  request: IncomingMessage & { body?: string },
  response: ServerResponse,
) => Promise<unknown>;

export interface FrontOptions {
  readonly host: string;
  readonly port: number;
  /** In the order in which they are asked. */
  readonly routes: readonly Route[];
  /** Null while there is no App to receive any. */
  readonly webhooks: WebhookMiddleware | null;
  readonly log: Logger;
}

export interface Front {
  readonly port: number;
  /** Takes no new connection, lets requests under way end for so long, then cuts them off. */
  readonly close: (graceMilliseconds: number) => Promise<void>;
}

/**
 * The server. In front of Probot's middleware, which reads a body of any size before it looks at the signature. Fails
 * with a `UserError` where the address is taken or not to be had.
 */
export async function openFront(options: FrontOptions): Promise<Front> {
  const bodies = new BodyReader();
  const server = createServer(BOUNDS, (request, response) => {
    answer(request, response, options, bodies).catch((err: unknown) => {
      options.log.error({ err }, 'request failed');
      if (response.headersSent) response.destroy();
      else send(response, request, textReply(500, 'Something went wrong on our side.'));
    });
  });
  await listen(server, options);
  return { port: (server.address() as AddressInfo).port, close: (grace) => close(server, grace) };
}

const BOUNDS = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 5_000,
} as const;

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { routes, webhooks }: FrontOptions,
  bodies: BodyReader,
): Promise<void> {
  const url = parse(request.url ?? '');
  if (url === null) return send(response, request, textReply(400, 'This address cannot be read.'));
  if (request.method === 'POST' && url.pathname === WEBHOOK_PATH && webhooks !== null) {
    return await receive(request, response, webhooks, bodies);
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return send(response, request, { ...textReply(405, 'Only GET is answered here.'), closes: true });
  }
  const question = questionOf(url, request);
  for (const route of routes) {
    const reply = await route(question);
    if (reply !== null) return send(response, request, reply);
  }
  send(response, request, textReply(404, 'There is nothing here.'));
}

async function receive(
  request: IncomingMessage,
  response: ServerResponse,
  webhooks: WebhookMiddleware,
  bodies: BodyReader,
): Promise<void> {
  const body = await bodies.read(request).catch(() => null);
  if (body === null) return void response.destroy();
  if (body.state === 'too-large') {
    return send(response, request, { ...textReply(413, 'No delivery is that large.'), closes: true });
  }
  if (body.state === 'busy') {
    return send(response, request, { ...textReply(503, 'Too many deliveries at once.'), closes: true });
  }
  for (const [name, value] of Object.entries(SAFE_HEADERS)) response.setHeader(name, value);
  try {
    await webhooks(Object.assign(request, { body: body.bytes.toString('utf8') }), response);
  } finally {
    bodies.release(body);
  }
}

function parse(address: string): URL | null {
  return URL.canParse(address, 'http://localhost') ? new URL(address, 'http://localhost') : null;
}

function questionOf(url: URL, request: IncomingMessage): Question {
  return {
    path: url.pathname.split('/').slice(1).map(decoded),
    query: url.searchParams,
    ifNoneMatch: request.headers['if-none-match'] ?? null,
  };
}

/** What is no encoding of anything stays as it is, and then names nothing. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function send(response: ServerResponse, request: IncomingMessage, reply: Reply & { readonly closes?: boolean }): void {
  // A body that nobody reads would otherwise be taken for the next request.
  if (reply.closes === true) response.setHeader('connection', 'close');
  const length = reply.status === 304 ? {} : { 'content-length': String(Buffer.byteLength(reply.body)) };
  response.writeHead(reply.status, { ...SAFE_HEADERS, ...reply.headers, ...length });
  response.end(request.method === 'HEAD' || reply.status === 304 ? '' : reply.body);
  if (reply.closes === true) response.once('finish', () => request.destroy());
}

function listen(server: Server, { host, port }: FrontOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(unavailable(host, port, cause)));
    server.listen({ host, port }, resolve);
  });
}

function unavailable(host: string, port: number, cause: NodeJS.ErrnoException): UserError {
  return new UserError({
    code: 'address-unavailable',
    message: `The server cannot listen on ${host}, port ${port} (${cause.code}).`,
    advice: 'Stop what listens there, or choose another address with HOST and PORT.',
    cause,
  });
}

async function close(server: Server, graceMilliseconds: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), graceMilliseconds);
  await closed;
  clearTimeout(cut);
}
