import type { CheckAnnotation, CheckRuns, CompletedCheck } from '../app/hosting.js';
import { HostError } from '../app/hosting.js';
import type { RepositoryIdentity } from '../model/pull-request.js';
import type { Access } from './access.js';
import { CHECK_ACTION } from './check-action.js';
import { asking } from './host-errors.js';
import { addressOf } from './repository-address.js';

const NAME = 'Tunelint';
/** One request takes no more. Further ones add to those that are there. */
const ANNOTATIONS = 50;

/** The check runs of one App. */
export function createCheckRuns(access: Access, appId: number): CheckRuns {
  const { client, signal } = access;
  return {
    start: async (repository, head, externalId) => {
      const answer = await asking(signal, () =>
        client.rest.checks.create({
          ...addressOf(repository),
          name: NAME,
          head_sha: head,
          external_id: externalId,
          status: 'in_progress',
        }),
      );
      return answer.data.id;
    },
    complete: async (repository, id, check) => {
      const [first = [], ...more] = batches(check.output.annotations ?? []);
      await addAnnotations(access, { repository, id, check, added: 0, annotations: first, completes: true });
      for (const [at, annotations] of more.entries()) {
        const added = (at + 1) * ANNOTATIONS;
        await addAnnotations(access, { repository, id, check, added, annotations, completes: false });
      }
    },
    list: async (repository, head) => {
      const runs = await asking(signal, () =>
        client.paginate(client.rest.checks.listForRef, {
          ...addressOf(repository),
          ref: head,
          check_name: NAME,
          app_id: appId,
          filter: 'all',
          per_page: 100,
        }),
      );
      return runs
        .toSorted((a, b) => b.id - a.id)
        .map(({ id, external_id, status, started_at }) => ({
          id,
          externalId: external_id ?? '',
          completed: status === 'completed',
          startedAt: new Date(started_at ?? 0),
        }));
    },
  };
}

function batches(annotations: readonly CheckAnnotation[]): readonly (readonly CheckAnnotation[])[] {
  const starts = Array.from({ length: Math.ceil(annotations.length / ANNOTATIONS) }, (_, at) => at * ANNOTATIONS);
  return starts.map((start) => annotations.slice(start, start + ANNOTATIONS));
}

interface Addition {
  readonly repository: RepositoryIdentity;
  readonly id: number;
  readonly check: CompletedCheck;
  /** Annotations that are there before. */
  readonly added: number;
  readonly annotations: readonly CheckAnnotation[];
  readonly completes: boolean;
}

/**
 * Changes a check run, and adds annotations to it. Sending those twice would show them twice: so where the answer is
 * lost, they are counted first.
 */
async function addAnnotations(access: Access, addition: Addition): Promise<void> {
  const { annotations } = addition;
  if (annotations.length === 0) return await update(access, addition, { once: false });
  for (let tried = 1; ; tried += 1) {
    try {
      return await update(access, addition, { once: true });
    } catch (error) {
      if (!(error instanceof HostError) || error.code !== 'unavailable' || tried === TRIES) throw error;
      if (await tookEffect(access, addition)) return;
    }
  }
}

const TRIES = 3;

async function update(access: Access, addition: Addition, { once }: { readonly once: boolean }): Promise<void> {
  const { repository, id, check, annotations, completes } = addition;
  const { title, summary, text } = check.output;
  const output = { title, summary, ...(text === undefined ? {} : { text }) };
  const completion = { status: 'completed', conclusion: check.conclusion, external_id: check.externalId } as const;
  await asking(access.signal, () =>
    access.client.rest.checks.update({
      ...addressOf(repository),
      check_run_id: id,
      ...(completes ? completion : {}),
      output: { ...output, ...(annotations.length === 0 ? {} : { annotations: [...annotations] }) },
      actions: [CHECK_ACTION],
      ...(once ? { request: { fetch: access.once } } : {}),
    }),
  );
}

async function tookEffect(access: Access, { repository, id, added, annotations }: Addition): Promise<boolean> {
  const answer = await asking(access.signal, () =>
    access.client.rest.checks.get({ ...addressOf(repository), check_run_id: id }),
  );
  return answer.data.output.annotations_count >= added + annotations.length;
}
