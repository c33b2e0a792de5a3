import { createHmac, createSign, generateKeyPairSync, type KeyLike } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { clientOf, clientWith, LAB, statusOf, useLab } from './lab.js';
import { APP_ID } from './stand-in.js';

const lab = useLab();

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

describe('the App', () => {
  const now = () => Math.floor(Date.now() / 1000);
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

  it.each<[string, { alg?: string; claims?: object; key?: KeyLike }, number]>([
    ['its own key', {}, 200],
    ['its number as a text', { claims: { iss: String(APP_ID) } }, 200],
    ['the key of another', { key: other }, 401],
    ['the number of another', { claims: { iss: 43 } }, 401],
    ['what has ended', { claims: { exp: now() - 10 } }, 401],
    ['what lives too long', { claims: { exp: now() + 700 } }, 401],
    ['what begins later', { claims: { iat: now() + 300 } }, 401],
    ['no signature', { alg: 'none' }, 401],
  ])('is known by %s or not', async (_, { alg = 'RS256', claims = {}, key }, status) => {
    const { github } = lab;
    const unsigned = `${part({ alg })}.${part({ iss: APP_ID, iat: now() - 30, exp: now() + 300, ...claims })}`;
    const signature = createSign('RSA-SHA256')
      .update(unsigned)
      .sign(key ?? github.privateKey, 'base64url');
    const headers = { authorization: `Bearer ${unsigned}.${signature}` };
    expect((await fetch(`${github.apiUrl}/app`, { headers })).status).toBe(status);
  });

  it('is not known by a secret shared with everybody', async () => {
    const unsigned = `${part({ alg: 'HS256' })}.${part({ iss: APP_ID, iat: now(), exp: now() + 300 })}`;
    const signature = createHmac('sha256', 'public').update(unsigned).digest('base64url');
    const headers = { authorization: `Bearer ${unsigned}.${signature}` };
    expect((await fetch(`${lab.github.apiUrl}/app`, { headers })).status).toBe(401);
  });

  it('is told what it was granted, where it is installed and what it asks for', async () => {
    const { app, repository } = lab;
    const { data } = await app.rest.apps.getAuthenticated();
    expect(data).toMatchObject({ id: APP_ID, permissions: { checks: 'write', contents: 'read', metadata: 'read' } });
    expect((await app.rest.apps.listInstallations()).data.map(({ id }) => id)).toEqual([repository.installation]);
    expect((await app.rest.apps.getRepoInstallation(LAB)).data.account).toMatchObject({ login: 'acme' });
    expect((await app.rest.apps.getInstallation({ installation_id: 77 })).data.permissions.checks).toBe('write');
    expect(await statusOf(app.rest.apps.getInstallation({ installation_id: 5 }))).toBe(404);
  });

  it('does not read repositories as itself', async () => {
    const { app } = lab;
    const { token } = (await app.auth({ type: 'app' })) as { token: string };
    const answer = await fetch(`${lab.github.apiUrl}/repos/acme/lab`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(answer.status).toBe(401);
  });
});

describe('a token of an installation', () => {
  it('is for its repositories', async () => {
    const { github, git, octokit } = lab;
    github.world.add({ folder: git.folder, name: 'other', private: true });
    github.world.add({ folder: git.folder, name: 'hidden', private: true, installation: 78, owner: 'others' });
    const { data } = await octokit.rest.apps.listReposAccessibleToInstallation();
    expect(data.repositories.map((it) => it.full_name)).toEqual(['acme/lab', 'acme/other']);
    expect(await statusOf(octokit.rest.repos.get({ owner: 'acme', repo: 'other' }))).toBe(200);
    expect(await statusOf(octokit.rest.repos.get({ owner: 'others', repo: 'hidden' }))).toBe(404);
  });

  it('ends after its hour', async () => {
    const { github, octokit } = lab;
    const { token } = (await octokit.auth({ type: 'installation' })) as { token: string };
    github.world.expireTokens();
    const headers = { authorization: `token ${token}` };
    expect((await fetch(`${github.apiUrl}/repos/acme/lab`, { headers })).status).toBe(401);
  });

  it.each([
    ['checks', 'read', 403],
    ['checks', 'write', 201],
    ['contents', 'write', 403],
  ])('may do what was granted: %s %s', async (permission, level, status) => {
    lab.github.world.app.permissions = { [permission]: level };
    const request = lab.octokit.rest.checks.create({ ...LAB, name: 'Tunelint', head_sha: lab.pull.head });
    expect(await statusOf(request)).toBe(status);
  });

  it('may have been made for less', async () => {
    const { app, github, octokit, pull } = lab;
    const permissions = { checks: 'read' as const };
    const { data } = await app.rest.apps.createInstallationAccessToken({ installation_id: 77, permissions });
    expect(data.permissions).toEqual({ checks: 'read', metadata: 'read' });
    expect(await statusOf(octokit.rest.checks.create({ ...LAB, name: 'x', head_sha: pull.head }))).toBe(201);
    const narrow = clientWith(github, data.token);
    expect(await statusOf(narrow.rest.checks.create({ ...LAB, name: 'Tunelint', head_sha: pull.head }))).toBe(403);
    const more = app.rest.apps.createInstallationAccessToken({
      installation_id: 77,
      permissions: { contents: 'write' },
    });
    expect(await statusOf(more)).toBe(422);
  });

  it('reads what is private only with the permission for it', async () => {
    const { github, octokit, repository, git } = lab;
    github.world.app.permissions = { checks: 'write' };
    const file_sha = git.git('rev-parse', 'main:train.py');
    expect(await statusOf(octokit.rest.git.getBlob({ ...LAB, file_sha }))).toBe(200);
    repository.private = true;
    expect(await statusOf(octokit.rest.git.getBlob({ ...LAB, file_sha }))).toBe(403);
    const { errors } = await octokit
      .graphql<never>(`{ repository(owner: "acme", name: "lab") { object(oid: "${file_sha}") { oid } } }`)
      .catch((error: { errors: { type: string }[] }) => error);
    expect(errors).toMatchObject([{ type: 'FORBIDDEN', path: ['repository', 'object'] }]);
  });

  it('is refused where the App was suspended or removed', async () => {
    const { github, octokit } = lab;
    expect(await statusOf(octokit.rest.repos.get(LAB))).toBe(200);
    github.people.suspend(77);
    expect(await statusOf(octokit.rest.repos.get(LAB))).toBe(403);
    github.people.suspend(77, false);
    expect(await statusOf(octokit.rest.repos.get(LAB))).toBe(200);
    github.people.uninstall(77);
    expect(await statusOf(octokit.rest.repos.get(LAB))).toBe(401);
    expect(await statusOf(lab.app.rest.apps.createInstallationAccessToken({ installation_id: 77 }))).toBe(404);
  });
});

describe('a person', () => {
  it('reads what is public and what they were let into, and makes no checks', async () => {
    const { github, repository, pull, git } = lab;
    const hidden = github.world.add({ folder: git.folder, name: 'hidden', private: true });
    const person = clientWith(github, github.people.token([repository]));
    expect(await statusOf(person.rest.pulls.get({ ...LAB, pull_number: 1 }))).toBe(200);
    expect(await statusOf(person.rest.repos.get({ owner: 'acme', repo: hidden.name }))).toBe(404);
    expect(await statusOf(person.rest.checks.create({ ...LAB, name: 'x', head_sha: pull.head }))).toBe(403);
    const { viewer } = await person.graphql<{ viewer: unknown }>('{ viewer { login } }');
    expect(viewer).toEqual({ login: 'grace' });
  });

  it('without a token reads what is public alone, and no GraphQL', async () => {
    const { github, repository } = lab;
    const nobody = clientWith(github);
    expect(await statusOf(nobody.rest.repos.get(LAB))).toBe(200);
    await expect(nobody.graphql('{ viewer { login } }')).rejects.toMatchObject({ status: 401 });
    repository.private = true;
    expect(await statusOf(nobody.rest.repos.get(LAB))).toBe(404);
  });
});

describe('a repository', () => {
  it('is found by its number, and by a name that it had, for reading and for writing', async () => {
    const { github, octokit, repository, pull } = lab;
    github.people.rename(repository, 'renamed');
    const { data } = await octokit.rest.repos.get(LAB);
    expect(data.full_name).toBe('acme/renamed');
    const byNumber = await octokit.request('GET /repositories/{id}/pulls/{number}', { id: repository.id, number: 1 });
    expect(byNumber.data.number).toBe(pull.number);
    expect(await statusOf(octokit.rest.checks.create({ ...LAB, name: 'x', head_sha: pull.head }))).toBe(201);
    expect(github.requests.map(({ status }) => status)).toEqual(expect.arrayContaining([301, 307]));
  });

  it('loses its former name to another', async () => {
    const { github, git, octokit, repository } = lab;
    github.people.rename(repository, 'renamed');
    const other = github.world.add({ folder: git.folder, name: 'lab' });
    expect((await octokit.rest.repos.get(LAB)).data.id).toBe(other.id);
  });

  it('leaves the App when it goes to an account that has not installed it', async () => {
    const { github, octokit, repository } = lab;
    repository.private = true;
    const webhook = github.people.transfer(repository, 'others');
    expect(webhook.payload).toMatchObject({ action: 'removed', repositories_removed: [{ id: repository.id }] });
    expect(await statusOf(octokit.rest.repos.get({ owner: 'others', repo: 'lab' }))).toBe(404);
  });

  it('keeps the App when it goes to an account that has', async () => {
    const { github, repository } = lab;
    github.world.installed(78, 'others');
    const webhook = github.people.transfer(repository, 'others');
    expect(webhook.payload).toMatchObject({ action: 'transferred', installation: { id: 78 } });
    const there = clientOf(github, { appId: APP_ID, privateKey: github.privateKey, installationId: 78 });
    expect(await statusOf(there.rest.repos.get({ owner: 'others', repo: 'lab' }))).toBe(200);
  });
});

describe('a request', () => {
  it('says who its program is', async () => {
    const { github } = lab;
    const { request } = await import('node:http');
    const status = await new Promise((resolve) =>
      request(`${github.apiUrl}/repos/acme/lab`, (answer) => resolve(answer.resume().statusCode)).end(),
    );
    expect(status).toBe(403);
  });

  it('for what is not served is told as such', async () => {
    const { github, octokit } = lab;
    expect(await statusOf(octokit.rest.issues.listForRepo(LAB))).toBe(404);
    expect(github.takeViolations()).toEqual(['GET /repos/acme/lab/issues is not served']);
  });

  it.each([
    ['a parameter that GitHub does not know', '/repos/acme/lab/pulls?perpage=3', '"perpage" is no query parameter'],
    ['a value that it does not know', '/repos/acme/lab/pulls?state=merged', 'must be equal to one of the allowed'],
    ['a number that is none', '/repos/acme/lab/pulls/one', 'path parameter "pull_number" must be integer'],
  ])('with %s is refused', async (_, path, words) => {
    const { github } = lab;
    expect((await fetch(github.apiUrl + path)).status).toBe(422);
    expect(github.takeViolations()).toEqual([expect.stringContaining(words)]);
  });

  it('that is not JSON is refused', async () => {
    const { github, octokit } = lab;
    const { token } = (await octokit.auth({ type: 'installation' })) as { token: string };
    const headers = { authorization: `token ${token}` };
    const address = `${github.apiUrl}/repos/acme/lab/check-runs`;
    expect((await fetch(address, { method: 'POST', headers, body: '{"name":' })).status).toBe(400);
  });
});
