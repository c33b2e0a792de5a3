import { z } from 'zod';
import type { Request } from '../app/keeping.js';
import { commitSha } from '../model/identifiers.js';
import { CHECK_ACTION } from './check-action.js';
import { identityOf, pullRequestOf } from './identities.js';

/** What a webhook event asks for, or why it asks for nothing, in fixed words for a log. */
export type EventReading =
  | { readonly state: 'asks'; readonly requests: readonly Request[] }
  | { readonly state: 'ignored'; readonly reason: string };

/** What an event asks for; nothing for the many that mean nothing to us. */
export function requestsOf(event: string, payload: unknown): readonly Request[] {
  const reading = readEvent(event, payload);
  return reading.state === 'asks' ? reading.requests : [];
}

/** Reads an event. GitHub may add events, actions and shapes at any time: what is not known is ignored. */
export function readEvent(event: string, payload: unknown): EventReading {
  const read = READERS.get(event);
  if (read === undefined) return ignored('no such event is used');
  if (!z.object({ installation: z.object({}) }).safeParse(payload).success)
    return ignored('not sent for an installation');
  try {
    return read(payload);
  } catch (error) {
    if (error instanceof z.ZodError) return ignored('of a shape that is not known');
    throw error;
  }
}

type Reader = (payload: unknown) => EventReading;

const READERS: ReadonlyMap<string, Reader> = new Map([
  ['pull_request', readPullRequestEvent],
  ['push', readPushEvent],
  ['check_run', readCheckRunEvent],
  ['check_suite', readCheckSuiteEvent],
  ['installation', readInstallationEvent],
  ['installation_repositories', readInstallationRepositoriesEvent],
  ['repository', readRepositoryEvent],
]);

function asks(...requests: readonly Request[]): EventReading {
  return { state: 'asks', requests };
}

function ignored(reason: string): EventReading {
  return { state: 'ignored', reason };
}

const SHA = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/);
const INSTALLATION = z.object({ id: z.number().int() }).transform(({ id }) => id);
const REPOSITORY = z
  .object({
    id: z.number().int(),
    name: z.string(),
    private: z.boolean(),
    default_branch: z.string(),
    // Events of a push have told of a name alone.
    owner: z.union([
      z.object({ login: z.string() }),
      z.object({ name: z.string() }).transform(({ name }) => ({ login: name })),
    ]),
  })
  .transform(identityOf);
const ACTION = z.object({ action: z.string() });

const PULL_REQUEST_EVENT = z.object({
  action: z.string(),
  installation: INSTALLATION,
  repository: REPOSITORY,
  pull_request: z.object({
    number: z.number().int(),
    state: z.string(),
    draft: z.boolean().optional(),
    updated_at: z.iso.datetime({ offset: true }),
    head: z.object({ sha: SHA }),
    base: z.object({ sha: SHA }),
  }),
  changes: z.object({ base: z.unknown() }).partial().optional(),
});

function readPullRequestEvent(payload: unknown): EventReading {
  const { action } = ACTION.parse(payload);
  if (
    !['opened', 'reopened', 'synchronize', 'ready_for_review', 'converted_to_draft', 'edited', 'closed'].includes(
      action,
    )
  ) {
    return ignored('an action that changes nothing of a review');
  }
  const event = PULL_REQUEST_EVENT.parse(payload);
  const pullRequest = pullRequestOf(event.pull_request, event.repository, event.installation);
  if (action === 'closed') return asks({ kind: 'stop', pullRequest });
  if (action === 'edited' && event.changes?.base === undefined) return ignored('only its words were edited');
  return asks({ kind: 'review', pullRequest, opened: action === 'opened' });
}

const PUSH_EVENT = z.object({
  ref: z.string(),
  deleted: z.boolean(),
  installation: INSTALLATION,
  repository: REPOSITORY,
});

function readPushEvent(payload: unknown): EventReading {
  const { ref, deleted, installation, repository } = PUSH_EVENT.parse(payload);
  if (ref !== `refs/heads/${repository.defaultBranch}`) return ignored('not the default branch');
  return deleted ? ignored('the branch was deleted') : asks({ kind: 'score', installation, repository });
}

const HEAD = { head_sha: SHA, head_branch: z.string().nullish() };

const CHECK_RUN_EVENT = z.object({
  action: z.string(),
  installation: INSTALLATION,
  repository: REPOSITORY,
  check_run: z.object({ head_sha: SHA, check_suite: z.object({ head_branch: HEAD.head_branch }) }),
});

const PRESSED_EVENT = z.object({
  requested_action: z.object({ identifier: z.string() }),
  sender: z.object({ login: z.string() }),
});

function readCheckRunEvent(payload: unknown): EventReading {
  const { action } = ACTION.parse(payload);
  if (action !== 'rerequested' && action !== 'requested_action') return ignored('nobody asks for a check');
  const event = CHECK_RUN_EVENT.parse(payload);
  const { head_sha, check_suite } = event.check_run;
  if (action === 'rerequested') return checkAgain(event, { head_sha, head_branch: check_suite.head_branch });
  const { requested_action, sender } = PRESSED_EVENT.parse(payload);
  if (requested_action.identifier !== CHECK_ACTION.identifier) return ignored('a button that is not ours');
  const { installation, repository } = event;
  return asks({ kind: 'review-again', installation, repository, head: commitSha(head_sha), by: sender.login });
}

const CHECK_SUITE_EVENT = z.object({
  action: z.string(),
  installation: INSTALLATION,
  repository: REPOSITORY,
  check_suite: z.object(HEAD),
});

function readCheckSuiteEvent(payload: unknown): EventReading {
  if (ACTION.parse(payload).action !== 'rerequested') return ignored('nobody asks for a check');
  const event = CHECK_SUITE_EVENT.parse(payload);
  return checkAgain(event, event.check_suite);
}

/**
 * By the commit: an event about a fork names no pull request, and one that it names may be on another commit by now. The
 * default branch has checks too, without any pull request.
 */
function checkAgain(
  { installation, repository }: Pick<z.infer<typeof CHECK_SUITE_EVENT>, 'installation' | 'repository'>,
  { head_sha, head_branch }: { readonly head_sha: string; readonly head_branch?: string | null | undefined },
): EventReading {
  const again: Request = { kind: 'review-again', installation, repository, head: commitSha(head_sha) };
  if (head_branch !== repository.defaultBranch) return asks(again);
  return asks(again, { kind: 'score', installation, repository });
}

const INSTALLATION_EVENT = z.object({ action: z.string(), installation: INSTALLATION });

function readInstallationEvent(payload: unknown): EventReading {
  const { action, installation } = INSTALLATION_EVENT.parse(payload);
  switch (action) {
    case 'created':
    case 'unsuspend':
    case 'new_permissions_accepted':
      return asks({ kind: 'survey', installation });
    case 'deleted':
      return asks({ kind: 'forget-installation', installation });
    case 'suspend':
      return ignored('what is known is kept for when it goes on');
    default:
      return ignored('an action that is not known');
  }
}

const INSTALLATION_REPOSITORIES_EVENT = z.object({
  installation: INSTALLATION,
  repositories_added: z.array(z.unknown()),
  repositories_removed: z.array(z.object({ id: z.number().int() })),
});

function readInstallationRepositoriesEvent(payload: unknown): EventReading {
  const event = INSTALLATION_REPOSITORIES_EVENT.parse(payload);
  const removed = event.repositories_removed.map(({ id }): Request => ({ kind: 'forget', repository: id }));
  if (event.repositories_added.length === 0) return asks(...removed);
  return asks(...removed, { kind: 'survey', installation: event.installation });
}

const REPOSITORY_EVENT = z.object({
  action: z.string(),
  installation: INSTALLATION,
  repository: REPOSITORY,
  changes: z.object({ default_branch: z.unknown() }).partial().optional(),
});

function readRepositoryEvent(payload: unknown): EventReading {
  const { action, installation, repository, changes } = REPOSITORY_EVENT.parse(payload);
  switch (action) {
    case 'created':
    case 'renamed':
    case 'transferred':
    case 'privatized':
    case 'publicized':
      return asks({ kind: 'know', installation, repository });
    case 'edited':
      if (changes?.default_branch === undefined) return ignored('nothing that is used was edited');
      return asks({ kind: 'know', installation, repository }, { kind: 'score', installation, repository });
    case 'deleted':
      return asks({ kind: 'forget', repository: repository.id });
    default:
      return ignored('an action that changes nothing that is used');
  }
}
