import { type Call, fieldsOf, type Handler, paged, Refusal, repositoryOf } from './answer.js';
import { checkRun } from './shapes.js';
import type { HostedCheck, HostedRepository } from './world.js';

/** Longer outputs are refused; the numbers are those of docs.github.com, REST, checks. */
const LONGEST = { title: 255, summary: 65_535, text: 65_535 } as const;
const MOST_ANNOTATIONS = 50;

interface CheckBody {
  readonly name: string;
  readonly head_sha: string;
  readonly external_id: string;
  readonly status: HostedCheck['status'];
  readonly conclusion: string;
  readonly completed_at: string;
  readonly started_at: string;
  readonly output: { title?: string; summary?: string; text?: string; annotations?: readonly object[] };
  readonly actions: readonly { label: string; description: string; identifier: string }[];
}

export const checkHandlers: Readonly<Record<string, Handler>> = {
  'checks/create': (call) => {
    const repository = repositoryOf(call);
    const body = fieldsOf<CheckBody>(call.body);
    const { name = '', head_sha: head = '' } = body;
    if (repository.git.commit(head) === null) throw new Refusal(422, `No commit found for SHA: ${head}`);
    const check: HostedCheck = {
      id: call.world.nextId(),
      head,
      name,
      externalId: '',
      status: 'queued',
      conclusion: null,
      startedAt: new Date(body.started_at ?? Date.now()),
      completedAt: null,
      title: null,
      summary: null,
      text: null,
      annotations: [],
      actions: [],
    };
    change(check, body, repository);
    repository.checks.push(check);
    return { status: 201, body: checkRun(check, repository, call.world, call.apiUrl) };
  },
  'checks/update': (call) => {
    const { repository, check } = checkOf(call);
    change(check, fieldsOf<CheckBody>(call.body), repository);
    return { status: 200, body: checkRun(check, repository, call.world, call.apiUrl) };
  },
  'checks/get': (call) => {
    const { repository, check } = checkOf(call);
    return { status: 200, body: checkRun(check, repository, call.world, call.apiUrl) };
  },
  'checks/list-for-ref': (call) => {
    const repository = repositoryOf(call);
    const sha = repository.git.commit(call.operation.parameters.ref ?? '');
    if (sha === null) throw new Refusal(422, 'No commit found for SHA');
    const name = call.query.get('check_name');
    const status = call.query.get('status');
    const wanted = repository.checks.filter(
      (it) => it.head === sha && (name === null || it.name === name) && (status === null || it.status === status),
    );
    // `latest`, the default, shows the newest of each name.
    const latest = (call.query.get('filter') ?? 'latest') === 'latest';
    const shown = (
      latest ? wanted.filter((it) => wanted.findLast((other) => other.name === it.name) === it) : wanted
    ).toReversed();
    const path = `/repos/${repository.owner}/${repository.name}/commits/${sha}/check-runs`;
    const { items, headers } = paged(call, shown, path);
    const runs = items.map((it) => checkRun(it, repository, call.world, call.apiUrl));
    return { status: 200, headers, body: { total_count: shown.length, check_runs: runs } };
  },
};

function checkOf(call: Call): { readonly repository: HostedRepository; readonly check: HostedCheck } {
  const repository = repositoryOf(call);
  const check = repository.checks.find((it) => it.id === Number(call.operation.parameters.check_run_id));
  if (check === undefined) throw new Refusal(404, 'Not Found');
  return { repository, check };
}

function change(check: HostedCheck, body: Partial<CheckBody>, repository: HostedRepository): void {
  const { output } = body;
  for (const key of ['title', 'summary', 'text'] as const) {
    const text = output?.[key];
    if (text !== undefined && text.length > LONGEST[key])
      throw new Refusal(422, 'Invalid request.', [
        `Only ${LONGEST[key]} characters are allowed; ${text.length} were supplied.`,
      ]);
  }
  const added = output?.annotations ?? [];
  if (added.length > MOST_ANNOTATIONS)
    throw new Refusal(422, 'Invalid request.', [`Only ${MOST_ANNOTATIONS} annotations are allowed.`]);
  for (const action of body.actions ?? []) {
    if (action.label.length > 20 || action.description.length > 40 || action.identifier.length > 20)
      throw new Refusal(422, 'Invalid request.', ['an action is too long']);
  }
  for (const annotation of added) requireFile(annotation, check.head, repository);
  check.annotations.push(...added);
  check.externalId = body.external_id ?? check.externalId;
  check.title = output?.title ?? check.title;
  check.summary = output?.summary ?? check.summary;
  check.text = output?.text ?? check.text;
  check.actions = body.actions ?? check.actions;
  if (body.conclusion !== undefined) {
    check.status = 'completed';
    check.conclusion = body.conclusion;
    check.completedAt = new Date(body.completed_at ?? Date.now());
  } else check.status = body.status ?? check.status;
}

/** An annotation stands in a file of the commit, and its columns only on one line. */
function requireFile(annotation: object, head: string, { git }: HostedRepository): void {
  const { path, start_line: start, end_line: end, start_column: column } = annotation as Record<string, unknown>;
  if (git.blob(`${head}:${path}`) === null)
    throw new Refusal(422, 'Invalid request.', [`${path} is not in the commit`]);
  if (Number(start) > Number(end)) throw new Refusal(422, 'Invalid request.', ['start_line is behind end_line']);
  if (column !== undefined && start !== end) throw new Refusal(422, 'Invalid request.', ['columns need one line']);
}
