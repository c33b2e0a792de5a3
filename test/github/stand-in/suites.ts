import { type Call, type Handler, paged, repositoryOf } from './answer.js';
import { listChecks } from './checks.js';
import { commitOr422 } from './contents.js';
import { notFound } from './refusal.js';
import { checkSuite } from './shapes.js';
import type { HostedRepository, HostedSuite } from './world.js';

export const suiteHandlers: Readonly<Record<string, Handler>> = {
  'checks/get-suite': (call) => {
    const { repository, suite } = suiteOf(call);
    return { status: 200, body: checkSuite(call, repository, suite) };
  },
  'checks/list-for-suite': (call) => {
    const { repository, suite } = suiteOf(call);
    const own = repository.checks.filter((it) => it.suite === suite.id);
    return listChecks(call, repository, own);
  },
  'checks/list-suites-for-ref': (call) => {
    const repository = repositoryOf(call);
    const head = commitOr422(repository, call.operation.parameters.ref ?? '');
    const suites = repository.suites.filter((it) => it.head === head);
    const { items, headers } = paged(call, suites);
    const shown = items.map((it) => checkSuite(call, repository, it));
    return { status: 200, headers, body: { total_count: suites.length, check_suites: shown } };
  },
};

function suiteOf(call: Call): { readonly repository: HostedRepository; readonly suite: HostedSuite } {
  const repository = repositoryOf(call);
  const suite = repository.suites.find((it) => it.id === Number(call.operation.parameters.check_suite_id));
  if (suite === undefined) throw notFound();
  return { repository, suite };
}
