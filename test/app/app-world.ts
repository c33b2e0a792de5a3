import { detectors } from '../../detectors/catalog.js';
import type { AppDependencies } from '../../src/app/dependencies.js';
import type { Job, Store } from '../../src/app/keeping.js';
import type { Log } from '../../src/app/log.js';
import { DEFAULT_POLICY } from '../../src/app/policy.js';
import type { FactExtraction } from '../../src/app/ports.js';
import { createWorker } from '../../src/app/worker.js';
import { DEFAULT_BOUNDS } from '../../src/model/bounds.js';
import type { CommitSha } from '../../src/model/identifiers.js';
import { keyOf, type PullRequest } from '../../src/model/pull-request.js';
import { createPlaybook } from '../../src/playbook/load-playbook.js';
import type { Database } from '../../src/store/database.js';
import { openEmbeddedDatabase } from '../../src/store/embedded-database.js';
import { openStore } from '../../src/store/open-store.js';
import { HostInMemory } from '../support/host-in-memory.js';
import { pullRequest, repository, sha } from '../support/pull-requests.js';
import { extractionInThread, type Files } from '../support/source-tree.js';

export const NEVER: AbortSignal = new AbortController().signal;

/** A script that trains; each flag is a line of its own and one finding. */
export function script(...flags: readonly string[]): string {
  const loads = flags.map(
    (flag) => `${flag} = AutoModelForCausalLM.from_pretrained("acme/${flag}", trust_remote_code=True)`,
  );
  return `from transformers import AutoModelForCausalLM
from trl import SFTTrainer

${loads.join('\n')}${loads.length === 0 ? '' : '\n'}model = AutoModelForCausalLM.from_pretrained("acme/base")
trainer = SFTTrainer(model=model)
trainer.train()
`;
}

export const BASE: Files = { 'train.py': script(), 'README.md': 'words\n' };

/** A database that the tests of a file share; each test has a repository of its own in it. */
export class AppDatabase {
  #database: Database | null = null;
  #repositories = 0;
  #jobs: Job[] = [];
  #store: Store | null = null;

  async open(): Promise<void> {
    this.#database = await openEmbeddedDatabase({
      folder: null,
      onLost: (error) => {
        throw error;
      },
    });
    this.#store = await openStore(this.#database, async (jobs) => {
      this.#jobs.push(...jobs);
    });
  }

  async close(): Promise<void> {
    await this.#database?.close();
  }

  /** A repository that trains, with nothing open. */
  async world(given: Partial<AppDependencies> = {}): Promise<AppWorld> {
    if (this.#store === null) throw new Error('open the database first');
    this.#repositories += 1;
    const host = new HostInMemory(repository({ id: 1000 + this.#repositories }), sha('0'), BASE);
    this.#jobs = [];
    return new AppWorld(host, this.#store, this.#jobs, await extractionInThread(), given);
  }
}

/** The App over a code host in memory. */
export class AppWorld {
  readonly github: HostInMemory;
  readonly store: Store;
  readonly deps: AppDependencies;
  /** What the log was told, without particulars. */
  readonly logged: string[] = [];
  readonly #jobs: Job[];
  #moment = Date.now();

  constructor(
    github: HostInMemory,
    store: Store,
    jobs: Job[],
    extraction: FactExtraction,
    given: Partial<AppDependencies>,
  ) {
    this.github = github;
    this.store = store;
    this.#jobs = jobs;
    this.deps = {
      host: github.host,
      store,
      extraction,
      detectors: detectors.filter(({ id }) => id === 'artifact-trust-surface'),
      builds: { runs: 'test', judging: 'test' },
      playbook: createPlaybook([]),
      bounds: DEFAULT_BOUNDS,
      policyOf: async () => DEFAULT_POLICY,
      links: { server: 'https://github.test', rulePage: null, badge: null },
      log: this.#log(),
      now: () => new Date(),
      ...given,
    };
  }

  /** A pull request gets a head with these files, and an event tells of it. */
  async push(digit: string, files: Files, changes: Partial<PullRequest> = {}): Promise<PullRequest> {
    const head = sha(digit);
    this.github.commits.set(head, { ...BASE, ...files });
    return await this.tell({ head, ...changes });
  }

  /** An event tells of the pull request: as it was, but for what is given. */
  async tell(changes: Partial<PullRequest> = {}, kind: 'review' | 'stop' = 'review'): Promise<PullRequest> {
    const opened = !this.github.pulls.has(changes.number ?? 12);
    const pull = this.change(changes);
    await this.store.deliveries.request([
      kind === 'stop' ? { kind, pullRequest: pull } : { kind, pullRequest: pull, opened },
    ]);
    return pull;
  }

  /** The pull request changes, and no event tells of it. */
  change(changes: Partial<PullRequest> = {}): PullRequest {
    const { repository: own, base, pulls } = this.github;
    this.#moment += 1;
    const number = changes.number ?? 12;
    const known = pulls.get(number) ?? pullRequest({ repository: own, base, number });
    const pull = { ...known, updatedAt: new Date(this.#moment), ...changes };
    pulls.set(number, pull);
    if (known.head !== pull.head) this.github.move(known.head, pull.head);
    return pull;
  }

  /** Does one job after the other until none is left. */
  async work(signal: AbortSignal = NEVER): Promise<void> {
    const worker = createWorker(this.deps);
    for (let job = this.#take(); job !== undefined; job = this.#take()) {
      await worker(job, signal, { id: 'job', delivery: null });
    }
  }

  /** Does a review that nothing in the queue asks for. */
  async reviewAgain(number = 12): Promise<void> {
    const pull = this.github.pulls.get(number);
    if (pull === undefined) throw new Error('no such pull request');
    const job = { kind: 'review', pullRequest: keyOf(pull) } as const;
    await createWorker(this.deps)(job, NEVER, { id: 'job', delivery: null });
  }

  /** What was written while something was done. */
  async writesDuring(work: () => Promise<unknown>): Promise<string[]> {
    const before = this.github.writes.length;
    await work();
    return this.github.writes.slice(before);
  }

  /** All that the database holds of the repository goes. */
  async loseDatabase(): Promise<void> {
    await this.store.deliveries.request([{ kind: 'forget', repository: this.github.repository.id }]);
    this.#jobs.length = 0;
  }

  /** The check runs of a head, oldest first. */
  checksOn(head: CommitSha) {
    return this.github.checks.filter((check) => check.head === head).toReversed();
  }

  /** One job of each kind for the same, as the queue has it. */
  #take(): Job | undefined {
    const job = this.#jobs.shift();
    const same = JSON.stringify(job);
    for (let index = this.#jobs.length - 1; index >= 0; index -= 1) {
      if (JSON.stringify(this.#jobs[index]) === same) this.#jobs.splice(index, 1);
    }
    return job;
  }

  #log(): Log {
    const line = (_: object, words: string) => this.logged.push(words);
    return { info: line, warn: line, error: line, child: () => this.#log() };
  }
}
