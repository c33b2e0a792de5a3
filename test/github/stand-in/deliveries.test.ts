import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { verify } from '@octokit/webhooks-methods';
import { until } from '../../support/until.js';
import type { Webhook } from './deliveries.js';
import { LAB, useLab } from './lab.js';
import { AUTHOR } from './stand-in.js';

const lab = useLab();
const SECRET = 'a secret';

let received: { headers: IncomingHttpHeaders; body: string }[] = [];
let status = 202;
let target: Server;

beforeEach(async () => {
  received = [];
  status = 202;
  target = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
});
afterEach(() => new Promise((resolve) => target.close(resolve)));

function listen(): void {
  lab.github.deliverTo(`http://127.0.0.1:${(target.address() as AddressInfo).port}/`, SECRET);
}

describe('a webhook', () => {
  it('is signed, and carries the pull request as it is', async () => {
    listen();
    const answer = await lab.github.send(lab.github.people.toDraft(lab.repository, lab.pull));
    expect(answer.status).toBe(202);
    const [{ headers = {}, body = '' } = {}] = received;
    expect(headers).toMatchObject({
      'x-github-event': 'pull_request',
      'x-github-delivery': answer.guid,
      'content-type': 'application/json',
    });
    expect(await verify(SECRET, body, String(headers['x-hub-signature-256']))).toBe(true);
    expect(JSON.parse(body)).toMatchObject({
      action: 'converted_to_draft',
      number: 1,
      pull_request: {
        draft: true,
        head: { sha: lab.pull.head },
        base: { ref: 'main', repo: { id: lab.repository.id } },
      },
      repository: { full_name: 'acme/lab', private: false },
      installation: { id: 77 },
      sender: { login: AUTHOR.login },
    });
  });

  it.each<[string, (change: string) => Webhook, object]>([
    ['opened', () => lab.github.people.open(lab.repository, { branch: 'main' }).webhook, { number: 2 }],
    ['synchronize', (to) => lab.github.people.push(lab.repository, lab.pull, to), { number: 1 }],
    ['closed', () => lab.github.people.close(lab.repository, lab.pull), { pull_request: { merged: false } }],
    ['closed', () => lab.github.people.merge(lab.repository, lab.pull), { pull_request: { merged: true } }],
    ['reopened', () => lab.github.people.reopen(lab.repository, lab.pull), { pull_request: { state: 'open' } }],
    ['ready_for_review', () => lab.github.people.ready(lab.repository, lab.pull), { pull_request: { draft: false } }],
    ['labeled', () => lab.github.people.label(lab.repository, lab.pull, 'x'), { label: { name: 'x' } }],
    [
      'edited',
      () => lab.github.people.edit(lab.repository, lab.pull, { base: 'other' }),
      { changes: { base: { ref: { from: 'main' } } }, pull_request: { base: { ref: 'other' } } },
    ],
    [
      'edited',
      () => lab.github.people.edit(lab.repository, lab.pull, { title: 'new' }),
      { changes: { title: { from: 'Change change' } } },
    ],
    [
      'renamed',
      () => lab.github.people.rename(lab.repository, 'next'),
      { changes: { repository: { name: { from: 'lab' } } }, repository: { full_name: 'acme/next' } },
    ],
    ['privatized', () => lab.github.people.setPrivate(lab.repository, true), { repository: { private: true } }],
    ['publicized', () => lab.github.people.setPrivate(lab.repository, false), { repository: { private: false } }],
    [
      'edited',
      () => lab.github.people.setDefaultBranch(lab.repository, 'change'),
      { changes: { default_branch: { from: 'main' } }, repository: { default_branch: 'change' } },
    ],
    ['deleted', () => lab.github.people.deleteRepository(lab.repository), { repository: { name: 'lab' } }],
    ['created', () => lab.github.people.install([lab.repository], 90), { repositories: [{ full_name: 'acme/lab' }] }],
    [
      'added',
      () => lab.github.people.install([lab.repository], 90, 'added'),
      { repositories_added: [{ name: 'lab' }] },
    ],
    ['deleted', () => lab.github.people.uninstall(77), { installation: { id: 77, account: { login: 'acme' } } }],
    ['removed', () => lab.github.people.uninstall(77, [lab.repository]), { repositories_removed: [{ name: 'lab' }] }],
    ['suspend', () => lab.github.people.suspend(77), { installation: { suspended_at: expect.any(String) } }],
    [
      'requested',
      () => lab.github.people.requestSuite(lab.repository, lab.pull),
      { check_suite: { pull_requests: [{ number: 1 }] } },
    ],
    [
      'rerequested',
      () => lab.github.people.rerequest(lab.repository, lab.pull, 'check_suite'),
      { check_suite: { after: expect.any(String) } },
    ],
  ])('tells that something was %s', (action, act, told) => {
    lab.git.git('branch', 'other', 'main~1');
    const change = lab.git.git('commit-tree', '-p', 'change', '-m', 'more', 'change^{tree}');
    const { payload } = act(change);
    expect(payload).toMatchObject({ action, ...told });
  });

  it('tells of a push where it went from and to', () => {
    const { git, github, repository } = lab;
    const [before, after] = [git.git('rev-parse', 'main~1'), git.git('rev-parse', 'main')];
    const { payload } = github.people.pushTo(repository, 'main', before);
    expect(payload).toMatchObject({ ref: 'refs/heads/main', before, after, head_commit: { id: after } });
  });

  it('asks for a check again, with the pull request only where it is no fork', async () => {
    const { github, repository, pull, octokit } = lab;
    await octokit.rest.checks.create({ ...LAB, name: 'Tunelint', head_sha: pull.head, external_id: 'e' });
    const [check] = repository.checks;
    expect(github.people.rerequest(repository, pull).payload).toMatchObject({
      action: 'rerequested',
      check_run: { id: check?.id, external_id: 'e', head_sha: pull.head, pull_requests: [{ number: 1 }] },
    });
    github.people.close(repository, pull);
    const { pull: forked } = github.people.open(repository, { branch: 'change', fork: { owner: 'x', id: 5 } });
    expect(github.people.rerequest(repository, forked).payload).toMatchObject({ check_run: { pull_requests: [] } });
  });

  it('is none where the App does not ask for it', () => {
    const { github, repository, pull } = lab;
    github.world.app.events = ['push'];
    expect(() => github.people.close(repository, pull)).toThrow('the App does not subscribe to pull_request');
  });
});

describe('the log of deliveries', () => {
  it('holds what failed, with numbers that JavaScript does not count exactly', async () => {
    const lost = await lab.github.send(lab.github.people.close(lab.repository, lab.pull));
    listen();
    status = 500;
    const failed = await lab.github.send(lab.github.people.reopen(lab.repository, lab.pull));
    status = 202;
    await lab.github.send(lab.github.people.ping());
    const { data } = await lab.app.rest.apps.listWebhookDeliveries({ status: 'failure' });
    expect(data).toMatchObject([
      { guid: failed.guid, status_code: 500, event: 'pull_request', action: 'reopened', redelivery: false },
      { guid: lost.guid, status_code: 0, installation_id: 77, repository_id: lab.repository.id },
    ]);
    expect(data.every(({ id }) => Number(id) > Number.MAX_SAFE_INTEGER)).toBe(true);
    const all = await lab.app.paginate(lab.app.rest.apps.listWebhookDeliveries, { per_page: 2 });
    expect(all.map(({ event }) => event)).toEqual(['ping', 'pull_request', 'pull_request']);
  });

  it('lets a delivery be sent again, under its id', async () => {
    const { guid } = await lab.github.send(lab.github.people.close(lab.repository, lab.pull));
    listen();
    const [failed] = (await lab.app.rest.apps.listWebhookDeliveries()).data;
    const delivery_id = failed?.id ?? 0;
    expect((await lab.app.rest.apps.getWebhookDelivery({ delivery_id })).data.request.payload).toMatchObject({
      action: 'closed',
    });
    await lab.app.rest.apps.redeliverWebhookDelivery({ delivery_id });
    await until(() => lab.github.world.deliveries.length === 2);
    expect(received.map(({ headers }) => headers['x-github-delivery'])).toEqual([guid]);
    const { data } = await lab.app.rest.apps.listWebhookDeliveries();
    expect(data.map((it) => [it.guid, it.redelivery, it.status_code])).toEqual([
      [guid, true, 202],
      [guid, false, 0],
    ]);
  });
});
