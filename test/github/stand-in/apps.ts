import { randomBytes } from 'node:crypto';
import { type Answer, type Call, fieldsOf, type Handler, paged, positive, repositoryOf } from './answer.js';
import { covers } from './callers.js';
import { timestamp } from './git-data.js';
import { grants } from './permissions.js';
import { notFound, Refusal } from './refusal.js';
import { application, fullRepository, installation, repository } from './shapes.js';
import type { Delivery, HostedInstallation, HostedRepository, Permissions, World } from './world.js';

const HOUR = 3_600_000;

/** What the App may ask about itself, and the tokens that it gets. */
export const appHandlers: Readonly<Record<string, Handler>> = {
  'apps/get-authenticated': ({ world, apiUrl }) => ({ status: 200, body: application(world, apiUrl) }),
  'apps/list-installations': (call) => {
    const { items, headers } = paged(call, [...call.world.installations.values()]);
    return { status: 200, headers, body: items.map((it) => installation(call, it)) };
  },
  'apps/get-installation': (call) => ({ status: 200, body: installation(call, installationOf(call)) }),
  'apps/get-repo-installation': (call) => {
    const { owner = '', repo = '' } = call.operation.parameters;
    const id = call.world.repository(owner, repo)?.installation;
    const found = id === null || id === undefined ? undefined : call.world.installations.get(id);
    if (found === undefined) throw notFound();
    return { status: 200, body: installation(call, found) };
  },
  'apps/create-installation-access-token': createToken,
  'apps/list-repos-accessible-to-installation': (call) => {
    const { caller, world } = call;
    if (caller.kind !== 'installation') throw notFound();
    const own = world.repositories.filter((it) => covers(caller.token, it));
    const { items, headers } = paged(call, own);
    const repositories = items.map((it) => repository(call, it));
    return { status: 200, headers, body: { total_count: own.length, repository_selection: 'selected', repositories } };
  },
  'apps/list-webhook-deliveries': listDeliveries,
  'apps/get-webhook-delivery': (call) => {
    const delivery = deliveryOf(call);
    const request = { headers: {}, payload: JSON.parse(delivery.body) };
    const body = { ...deliveryItem(delivery), url: '', request, response: { headers: {}, payload: '' } };
    return { status: 200, body };
  },
  'apps/redeliver-webhook-delivery': (call) => {
    deliveryOf(call);
    return { status: 202, body: {} };
  },
  'repos/get': (call) => ({ status: 200, body: fullRepository(call, repositoryOf(call)) }),
  'repos/get-collaborator-permission-level': (call) => {
    const { collaborators, private: isPrivate } = repositoryOf(call);
    const login = call.operation.parameters.username ?? '';
    const permission = collaborators.get(login) ?? (isPrivate ? 'none' : 'read');
    return { status: 200, body: { permission, role_name: permission, user: null } };
  },
  'rate-limit/get': () => {
    throw new Error('answered by who counts the requests');
  },
  'repos/download-tarball-archive': () => {
    throw new Error('answered by who has the archives');
  },
};

interface TokenBody {
  readonly repositories: readonly string[];
  readonly repository_ids: readonly number[];
  readonly permissions: Permissions;
}

function createToken(call: Call): Answer {
  const { world } = call;
  const given = installationOf(call);
  if (given.suspended) throw new Refusal(403, 'This installation has been suspended');
  const body = fieldsOf<TokenBody>(call.body);
  const chosen = chosenRepositories(world, given, body);
  const granted = world.permissionsOf(given);
  const permissions = body.permissions === undefined ? null : chosenPermissions(granted, body.permissions);
  const until = Date.now() + HOUR;
  const text = `ghs_${randomBytes(18).toString('hex')}`;
  const repositories = chosen?.map(({ id }) => id) ?? null;
  world.tokens.set(text, { installation: given.id, until, permissions, repositories });
  return {
    status: 201,
    body: {
      token: text,
      expires_at: timestamp(new Date(until)),
      permissions: permissions ?? granted,
      repository_selection: 'selected',
      ...(chosen === null ? {} : { repositories: chosen.map((it) => repository(call, it)) }),
    },
  };
}

/** Null where the token is to be for all of them. */
function chosenRepositories(
  world: World,
  { id }: HostedInstallation,
  { repositories, repository_ids: ids }: Partial<TokenBody>,
): HostedRepository[] | null {
  if (repositories === undefined && ids === undefined) return null;
  const chosen = world.repositories
    .filter((it) => it.installation === id)
    .filter((it) => repositories?.includes(it.name) === true || ids?.includes(it.id) === true);
  if (chosen.length === (repositories ?? []).length + (ids ?? []).length) return chosen;
  throw new Refusal(
    422,
    'There is at least one repository that does not exist or is not accessible to the parent installation.',
  );
}

function chosenPermissions(granted: Permissions, chosen: Permissions): Permissions {
  const isGranted = ([name, level]: [string, string]) => grants(granted, name, level === 'read' ? 'read' : 'write');
  if (!Object.entries(chosen).every(isGranted))
    throw new Refusal(422, 'The permissions requested are not granted to this installation.');
  return { ...chosen, metadata: 'read' };
}

function installationOf({ world, operation }: Call): HostedInstallation {
  const found = world.installations.get(Number(operation.parameters.installation_id));
  if (found === undefined) throw notFound();
  return found;
}

function listDeliveries({ world, query, apiUrl }: Call): Answer {
  const newestFirst = world.deliveries.toReversed();
  const status = query.get('status');
  const wanted = newestFirst.filter((it) => status === null || (status === 'success') === isSuccess(it));
  // The cursor names the first delivery of the page.
  const cursor = query.get('cursor');
  const from = cursor === null ? 0 : wanted.findIndex(({ id }) => `v1_${id}` === cursor);
  if (from === -1) throw new Refusal(400, 'Invalid cursor');
  const size = Math.min(100, positive(query.get('per_page'), 30));
  const next = wanted[from + size];
  const link = `<${apiUrl}/app/hook/deliveries?per_page=${size}&cursor=v1_${next?.id}>; rel="next"`;
  const body = wanted.slice(from, from + size).map(deliveryItem);
  return { status: 200, headers: next === undefined ? {} : { link }, body };
}

function deliveryOf({ world, operation }: Call): Delivery {
  const found = world.deliveries.find((it) => String(it.id) === operation.parameters.delivery_id);
  if (found === undefined) throw notFound();
  return found;
}

function isSuccess({ statusCode }: Delivery): boolean {
  return statusCode >= 200 && statusCode < 400;
}

function deliveryItem(it: Delivery): object {
  return {
    id: it.id,
    guid: it.guid,
    delivered_at: it.deliveredAt.toISOString(),
    redelivery: it.redelivery,
    duration: it.durationMilliseconds / 1000,
    status: statusWords(it),
    status_code: it.statusCode,
    event: it.event,
    action: it.action,
    installation_id: it.installation,
    repository_id: it.repository,
    throttled_at: null,
  };
}

function statusWords(delivery: Delivery): string {
  if (isSuccess(delivery)) return 'OK';
  return delivery.statusCode === 0 ? 'failed to connect to host' : 'Invalid HTTP Response';
}
