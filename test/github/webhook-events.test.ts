import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import { readEvent, requestsOf } from '../../src/github/webhook-events.js';
import { assertNever } from '../../src/model/expression.js';

type Payload = Record<string, unknown> & { readonly action?: string };

const examples = createRequire(import.meta.url)('@octokit/webhooks-examples') as readonly {
  readonly name: string;
  readonly examples: readonly Payload[];
}[];

/** A payload that GitHub sent once, to an App, with some of it changed. */
function example(event: string, action: string | null, changes: Record<string, unknown> = {}): Payload {
  const all = examples.find(({ name }) => name === event)?.examples ?? [];
  const found = all.find((it) => action === null || it.action === action);
  if (found === undefined) throw new Error(`there is no example of ${event} ${action}`);
  return { ...structuredClone(found), installation: { id: 7 }, ...changes };
}

function pullRequest(action: string, changes: Record<string, unknown> = {}): Payload {
  return { ...example('pull_request', 'opened', changes), action };
}

/** What is asked for, in short: `review 2 opened`, `score`. */
function asked(event: string, payload: unknown): string[] {
  return requestsOf(event, payload).map((request) => {
    switch (request.kind) {
      case 'review':
        return `review ${request.pullRequest.number}${request.opened ? ' opened' : ''}`;
      case 'stop':
        return `stop ${request.pullRequest.number}`;
      case 'review-again':
        return `review-again ${request.head.slice(0, 7)}`;
      case 'forget':
        return `forget ${request.repository}`;
      case 'survey':
      case 'forget-installation':
        return `${request.kind} ${request.installation}`;
      case 'score':
      case 'know':
        return `${request.kind} ${request.repository.owner}/${request.repository.name}`;
      default:
        return assertNever(request);
    }
  });
}

describe('R4 an event of a pull request', () => {
  it.each<[string, Payload, string[]]>([
    ['opened', pullRequest('opened'), ['review 2 opened']],
    ['reopened', pullRequest('reopened'), ['review 2']],
    ['synchronize', pullRequest('synchronize'), ['review 2']],
    ['ready_for_review', pullRequest('ready_for_review'), ['review 2']],
    ['converted_to_draft', pullRequest('converted_to_draft'), ['review 2']],
    ['edited: its base', pullRequest('edited', { changes: { base: { ref: { from: 'a' } } } }), ['review 2']],
    ['edited: its title', pullRequest('edited', { changes: { title: { from: 'a' } } }), []],
    ['edited: nothing', pullRequest('edited', { changes: {} }), []],
    ['closed', pullRequest('closed'), ['stop 2']],
    ...['labeled', 'assigned', 'review_requested', 'locked', 'enqueued', 'something_new'].map(
      (action): [string, Payload, string[]] => [action, pullRequest(action), []],
    ),
  ])('%s', (_, payload, expected) => {
    expect(asked('pull_request', payload)).toEqual(expected);
  });

  it('tells of the pull request as it was at that moment', () => {
    const payload = example('pull_request', 'opened') as { pull_request: Record<string, unknown> };
    const { head, base } = payload.pull_request as Record<string, { sha: string }>;
    Object.assign(payload.pull_request, { draft: true, updated_at: '2026-03-04T05:06:07Z' });
    expect(requestsOf('pull_request', payload)).toEqual([
      {
        kind: 'review',
        opened: true,
        pullRequest: {
          installation: 7,
          repository: {
            id: 186853002,
            owner: 'Codertocat',
            name: 'Hello-World',
            private: false,
            defaultBranch: 'master',
          },
          number: 2,
          head: head?.sha,
          base: base?.sha,
          open: true,
          draft: true,
          updatedAt: new Date('2026-03-04T05:06:07Z'),
        },
      },
    ]);
  });
});

const BRANCH = 'refs/heads/master';

describe('another event', () => {
  it.each<[string, string, Payload, string[]]>([
    [
      'a push to the default branch',
      'push',
      example('push', null, { ref: BRANCH, deleted: false }),
      ['score Codertocat/Hello-World'],
    ],
    ['a push to another branch', 'push', example('push', null, { ref: 'refs/heads/topic', deleted: false }), []],
    [
      'a tag of the name of the default branch',
      'push',
      example('push', null, { ref: 'refs/tags/master', deleted: false }),
      [],
    ],
    ['the default branch is deleted', 'push', example('push', null, { ref: BRANCH, deleted: true }), []],
    ['the App is installed', 'installation', example('installation', 'created'), ['survey 7']],
    ['the App is no longer suspended', 'installation', example('installation', 'unsuspend'), ['survey 7']],
    ['the App may do more', 'installation', example('installation', 'new_permissions_accepted'), ['survey 7']],
    ['the App is suspended', 'installation', example('installation', 'suspend'), []],
    ['the App is removed', 'installation', example('installation', 'deleted'), ['forget-installation 7']],
    ['the App may see more', 'installation_repositories', example('installation_repositories', 'added'), ['survey 7']],
    [
      'the App may see less',
      'installation_repositories',
      example('installation_repositories', 'removed', { repositories_removed: [{ id: 1 }, { id: 2 }] }),
      ['forget 1', 'forget 2'],
    ],
    ...(['created', 'renamed', 'transferred', 'privatized', 'publicized'] as const).map(
      (action): [string, string, Payload, string[]] => {
        const payload = example('repository', action);
        const { owner, name } = payload.repository as { owner: { login: string }; name: string };
        return [`a repository is ${action}`, 'repository', payload, [`know ${owner.login}/${name}`]];
      },
    ),
    [
      'another branch is the default now',
      'repository',
      example('repository', 'edited', { changes: { default_branch: { from: 'a' } } }),
      ['know Octocoders/Hello-World', 'score Octocoders/Hello-World'],
    ],
    [
      'a repository is described anew',
      'repository',
      example('repository', 'edited', { changes: { description: {} } }),
      [],
    ],
    [
      'a repository is deleted',
      'repository',
      { ...example('repository', 'created'), action: 'deleted' },
      ['forget 186853261'],
    ],
    ['a repository is archived', 'repository', { ...example('repository', 'created'), action: 'archived' }, []],
    ['a merge queue asks', 'merge_group', example('merge_group', null), []],
    ['a comment', 'issue_comment', example('issue_comment', 'created'), []],
    ['an event that GitHub has yet to invent', 'pull_request_dream', { installation: { id: 7 } }, []],
    ['a name that every object has', 'constructor', { installation: { id: 7 } }, []],
  ])('%s', (_, event, payload, expected) => {
    expect(asked(event, payload)).toEqual(expected);
    const state = expected.length === 0 ? 'ignored' : 'asks';
    expect(readEvent(event, payload).state).toBe(state);
  });
});

/** A check on a commit, of a branch or of a fork, whose branch GitHub does not tell. */
function check(event: 'check_run' | 'check_suite', action: string, branch: string | null): Payload {
  const payload = example(event, 'rerequested') as Record<string, Record<string, unknown>>;
  const suite =
    event === 'check_suite' ? payload.check_suite : (payload.check_run?.check_suite as Record<string, unknown>);
  Object.assign(suite ?? {}, { head_branch: branch, pull_requests: [] });
  return { ...payload, action };
}

function shaIn(event: 'check_run' | 'check_suite'): string {
  const payload = example(event, 'rerequested')[event] as { head_sha: string };
  return payload.head_sha.slice(0, 7);
}

describe('R66 somebody asks for a check again', () => {
  it.each(['check_run', 'check_suite'] as const)(
    'by %s: the pull requests of that commit, though it names none',
    (event) => {
      expect(asked(event, check(event, 'rerequested', 'topic'))).toEqual([`review-again ${shaIn(event)}`]);
      expect(asked(event, check(event, 'rerequested', null))).toEqual([`review-again ${shaIn(event)}`]);
    },
  );

  it.each(['check_run', 'check_suite'] as const)('by %s on the default branch: its score too', (event) => {
    const [again, score] = asked(event, check(event, 'rerequested', 'master'));
    expect([again, score?.split(' ')[0]]).toEqual([`review-again ${shaIn(event)}`, 'score']);
  });

  it('R68 by the button: with the name of who pressed it', () => {
    const payload = {
      ...check('check_run', 'requested_action', 'master'),
      requested_action: { identifier: 'recheck' },
    };
    const requests = requestsOf('check_run', payload);
    expect(requests).toMatchObject([
      { kind: 'review-again', by: (payload as { sender?: { login: string } }).sender?.login },
    ]);
    expect(readEvent('check_run', { ...payload, sender: undefined }).state).toBe('ignored');
  });

  it('not by a button of another name', () => {
    const payload = { ...check('check_run', 'requested_action', null), requested_action: { identifier: 'deploy' } };
    expect(asked('check_run', payload)).toEqual([]);
  });

  it.each<['check_run' | 'check_suite', string]>([
    ['check_run', 'created'],
    ['check_run', 'completed'],
    ['check_suite', 'requested'],
    ['check_suite', 'completed'],
  ])('not by %s %s', (event, action) => {
    expect(asked(event, check(event, action, 'master'))).toEqual([]);
  });
});

describe('R69 what is not understood', () => {
  const names = [
    'pull_request',
    'push',
    'check_run',
    'check_suite',
    'installation',
    'installation_repositories',
    'repository',
  ];

  it.each(names)('is ignored, with a reason: %s', (event) => {
    const installation = { id: 7 };
    for (const payload of [
      null,
      'text',
      17,
      [],
      {},
      { action: 'opened' },
      { installation, action: 'created' },
      { installation },
    ]) {
      const reading = readEvent(event, payload);
      if (reading.state === 'ignored') expect(reading.reason).not.toBe('');
      else expect(event).toBe('installation');
    }
  });

  it.each<[string, (payload: Record<string, Record<string, unknown>>) => void]>([
    ['an id that is none', (it) => Object.assign(it.pull_request?.head as object, { sha: '../../etc' })],
    ['a number that is text', (it) => Object.assign(it.pull_request ?? {}, { number: '2' })],
    ['a repository without an owner', (it) => Object.assign(it.repository ?? {}, { owner: null })],
    ['a moment that is none', (it) => Object.assign(it.pull_request ?? {}, { updated_at: 'yesterday' })],
  ])('is a pull request with %s', (_, spoil) => {
    const payload = example('pull_request', 'opened') as Record<string, Record<string, unknown>>;
    spoil(payload);
    expect(readEvent('pull_request', payload)).toEqual({ state: 'ignored', reason: 'of a shape that is not known' });
  });

  it('is whatever was not sent for an installation', () => {
    const { installation: _, ...payload } = pullRequest('opened');
    expect(readEvent('pull_request', payload)).toEqual({ state: 'ignored', reason: 'not sent for an installation' });
  });
});

describe('every event that GitHub has sent', () => {
  const all = examples.flatMap(({ name, examples: some }) =>
    some.map((payload, at) => [`${name} ${at}`, name, payload] as const),
  );

  it.each(all)('%s is read or ignored, never an error', (_, name, payload) => {
    expect(() => readEvent(name, payload)).not.toThrow();
    expect(readEvent(name, { ...payload, installation: { id: 7 } })).not.toEqual({
      state: 'ignored',
      reason: 'of a shape that is not known',
    });
  });
});
