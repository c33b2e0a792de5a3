import { type Answer, type Call, fieldsOf, type Handler, paged, repositoryOf } from './answer.js';
import { commitOr422 } from './contents.js';
import { invalidRequest, notAccessible, notFound } from './refusal.js';
import { checkAnnotation, checkRun } from './shapes.js';
import type { HostedAnnotation, HostedCheck, HostedRepository } from './world.js';

/** What the description does not say: https://docs.github.com/en/rest/checks/runs */
const LONGEST_TITLE = 255;
const LARGEST_MESSAGE = 64 * 1024;

interface CheckBody {
  readonly name: string;
  readonly head_sha: string;
  readonly external_id: string;
  readonly details_url: string;
  readonly status: HostedCheck['status'];
  readonly conclusion: string;
  readonly completed_at: string;
  readonly started_at: string;
  readonly output: Output;
  readonly actions: readonly object[];
}

interface Output {
  readonly title?: string;
  readonly summary?: string;
  readonly text?: string;
  readonly annotations?: readonly HostedAnnotation[];
}

export const checkHandlers: Readonly<Record<string, Handler>> = {
  'checks/create': createCheck,
  'checks/update': (call) => {
    refuseOthers(call);
    const { repository, check } = checkOf(call);
    const body = fieldsOf<CheckBody>(call.body);
    refuseInvalid(body);
    change(check, body);
    return { status: 200, body: checkRun(call, repository, check) };
  },
  'checks/get': (call) => {
    const { repository, check } = checkOf(call);
    return { status: 200, body: checkRun(call, repository, check) };
  },
  'checks/list-annotations': (call) => {
    const { repository, check } = checkOf(call);
    const { items, headers } = paged(call, check.annotations);
    return { status: 200, headers, body: items.map((it) => checkAnnotation(call, repository, check, it)) };
  },
  'checks/list-for-ref': (call) => {
    const repository = repositoryOf(call);
    const head = commitOr422(repository, call.operation.parameters.ref ?? '');
    return listChecks(
      call,
      repository,
      repository.checks.filter((it) => it.head === head),
    );
  },
};

function createCheck(call: Call): Answer {
  refuseOthers(call);
  const repository = repositoryOf(call);
  const body = fieldsOf<CheckBody>(call.body);
  refuseInvalid(body);
  const head = commitOr422(repository, body.head_sha ?? '');
  const check: HostedCheck = {
    id: call.world.nextId(),
    suite: call.world.suiteOf(repository, head).id,
    head,
    name: '',
    externalId: '',
    detailsUrl: null,
    status: 'queued',
    conclusion: null,
    startedAt: new Date(),
    completedAt: null,
    title: null,
    summary: null,
    text: null,
    annotations: [],
    actions: [],
  };
  change(check, body);
  repository.checks.push(check);
  return { status: 201, body: checkRun(call, repository, check) };
}

/** Checks are made by Apps alone. */
function refuseOthers({ caller }: Call): void {
  if (caller.kind !== 'installation') throw notAccessible();
}

function checkOf(call: Call): { readonly repository: HostedRepository; readonly check: HostedCheck } {
  const repository = repositoryOf(call);
  const check = repository.checks.find((it) => it.id === Number(call.operation.parameters.check_run_id));
  if (check === undefined) throw notFound();
  return { repository, check };
}

function refuseInvalid({ output = {}, status, conclusion }: Partial<CheckBody>): void {
  const faults = [...titleFaults(output.title), ...(output.annotations ?? []).flatMap(annotationFaults)];
  if (status === 'completed' && conclusion === undefined) faults.push('"conclusion" wasn\'t supplied.');
  if (faults.length > 0) throw invalidRequest(faults);
}

function titleFaults(title = ''): string[] {
  if (title.length <= LONGEST_TITLE) return [];
  return [`Only ${LONGEST_TITLE} characters are allowed; ${title.length} were supplied.`];
}

function annotationFaults({ title, message, raw_details: details = '', ...at }: HostedAnnotation): string[] {
  const faults = titleFaults(title);
  if ([message, details].some((text) => Buffer.byteLength(text) > LARGEST_MESSAGE))
    faults.push('message and raw_details may have 64 KB each.');
  if (at.start_line < 1 || at.start_line > at.end_line) faults.push('start_line must not be behind end_line.');
  if ((at.start_column ?? at.end_column) !== undefined && at.start_line !== at.end_line)
    faults.push('Columns need one line.');
  return faults;
}

/**
 * Annotations are added to those that stand; all else takes the place of what was said before, but for status and
 * conclusion of a check run that is completed, which stay: https://github.com/orgs/community/discussions/24761, and
 * Mergifyio/mergify#1989, lyft/atlantis#265 and taskcluster/taskcluster#5085 for what that led to.
 */
function change(check: HostedCheck, body: Partial<CheckBody>): void {
  const { output = {} } = body;
  check.name = body.name ?? check.name;
  check.externalId = body.external_id ?? check.externalId;
  check.detailsUrl = body.details_url ?? check.detailsUrl;
  check.startedAt = body.started_at === undefined ? check.startedAt : new Date(body.started_at);
  check.actions = body.actions ?? check.actions;
  check.title = output.title ?? check.title;
  check.summary = output.summary ?? check.summary;
  check.text = output.text ?? check.text;
  check.annotations.push(...(output.annotations ?? []));
  if (check.status === 'completed') return;
  if (body.conclusion !== undefined) {
    check.status = 'completed';
    check.conclusion = body.conclusion;
    check.completedAt = new Date(body.completed_at ?? Date.now());
  } else if (body.status !== undefined) {
    check.status = body.status;
  }
}

/** Newest first; the latest of each name, unless all are asked for. */
export function listChecks(call: Call, repository: HostedRepository, checks: readonly HostedCheck[]): Answer {
  const { query, world } = call;
  const [name, status, app] = [query.get('check_name'), query.get('status'), query.get('app_id')];
  const wanted = checks
    .filter((it) => (name === null || it.name === name) && (status === null || it.status === status))
    .filter(() => app === null || Number(app) === world.app.id)
    .toReversed();
  const isWhole = query.get('filter') === 'all';
  const shown = isWhole
    ? wanted
    : wanted.filter((it) => wanted.find((other) => other.name === it.name && other.suite === it.suite) === it);
  const { items, headers } = paged(call, shown);
  const runs = items.map((it) => checkRun(call, repository, it));
  return { status: 200, headers, body: { total_count: shown.length, check_runs: runs } };
}
