import { randomBytes } from 'node:crypto';
import { type Handler, paged, Refusal, repositoryOf } from './answer.js';
import { application, repository } from './shapes.js';
import type { Delivery } from './world.js';

const HOUR = 3_600_000;

/** What the App may ask about itself, and the tokens that it gets. */
export const appHandlers: Readonly<Record<string, Handler>> = {
  'apps/get-authenticated': ({ world }) => ({ status: 200, body: application(world) }),
  'apps/list-installations': (call) => {
    const { items, headers } = paged(call, [...call.world.installations], '/app/installations');
    return {
      status: 200,
      headers,
      body: items.map((id) => installation(id, call.apiUrl, call.world.app.id, call.world.app.slug)),
    };
  },
  'apps/create-installation-access-token': ({ world, operation }) => {
    const id = Number(operation.parameters.installation_id);
    if (!world.installations.has(id)) throw new Refusal(404, 'Not Found');
    const token = `ghs_${randomBytes(18).toString('hex')}`;
    const until = Date.now() + HOUR;
    world.tokens.set(token, { installation: id, until });
    const body = {
      token,
      expires_at: new Date(until).toISOString(),
      permissions: world.app.permissions,
      repository_selection: 'all',
    };
    return { status: 201, body };
  },
  'apps/list-repos-accessible-to-installation': (call) => {
    const own = call.world.repositories.filter(
      (it) => it.installation !== null && it.installation === call.installation,
    );
    const { items, headers } = paged(call, own, '/installation/repositories');
    return { status: 200, headers, body: { total_count: own.length, repositories: items.map(repository) } };
  },
  'apps/list-webhook-deliveries': (call) => {
    const newestFirst = [...call.world.deliveries].reverse();
    const status = call.query.get('status');
    const wanted = newestFirst.filter((it) => status === null || (status === 'success') === isSuccess(it));
    const from = Number(call.query.get('cursor') ?? 0);
    const size = Number(call.query.get('per_page') ?? 30);
    const next = from + size;
    const headers: Record<string, string> = {};
    if (next < wanted.length)
      headers.link = `<${call.apiUrl}/app/hook/deliveries?per_page=${size}&cursor=${next}>; rel="next"`;
    return { status: 200, headers, body: wanted.slice(from, next).map(deliveryItem) };
  },
  'apps/get-webhook-delivery': ({ world, operation }) => {
    const delivery = world.deliveries.find((it) => it.id === Number(operation.parameters.delivery_id));
    if (delivery === undefined) throw new Refusal(404, 'Not Found');
    const request = { headers: {}, payload: JSON.parse(delivery.body) };
    return {
      status: 200,
      body: { ...deliveryItem(delivery), url: '', request, response: { headers: {}, payload: '' } },
    };
  },
  'apps/redeliver-webhook-delivery': ({ world, operation }) => {
    const delivery = world.deliveries.find((it) => it.id === Number(operation.parameters.delivery_id));
    if (delivery === undefined) throw new Refusal(404, 'Not Found');
    return { status: 202, body: {} };
  },
  'repos/get': (call) => ({ status: 200, body: repository(repositoryOf(call)) }),
  'rate-limit/get': () => {
    const limit = { limit: 5000, remaining: 4999, reset: Math.floor(Date.now() / 1000) + 3600, used: 1 };
    return { status: 200, body: { resources: { core: limit, search: limit }, rate: limit } };
  },
};

export function isSuccess({ statusCode }: Delivery): boolean {
  return statusCode >= 200 && statusCode < 400;
}

function deliveryItem(it: Delivery): object {
  return {
    id: it.id,
    guid: it.guid,
    delivered_at: it.deliveredAt.toISOString(),
    redelivery: it.redelivery,
    duration: it.durationMilliseconds / 1000,
    status: isSuccess(it) ? 'OK' : 'failed to connect to host',
    status_code: it.statusCode,
    event: it.event,
    action: it.action,
    installation_id: it.installation,
    repository_id: it.repository,
  };
}

function installation(id: number, apiUrl: string, app: number, slug: string): object {
  const url = `${apiUrl}/app/installations/${id}`;
  return {
    id,
    account: null,
    repository_selection: 'all',
    access_tokens_url: `${url}/access_tokens`,
    repositories_url: `${apiUrl}/installation/repositories`,
    html_url: url,
    app_id: app,
    target_id: id,
    target_type: 'Organization',
    permissions: {},
    events: [],
    created_at: '2026-01-02T03:04:05Z',
    updated_at: '2026-01-02T03:04:05Z',
    single_file_name: null,
    app_slug: slug,
    suspended_by: null,
    suspended_at: null,
  };
}
