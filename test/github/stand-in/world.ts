import type { KeyObject } from 'node:crypto';
import type { Side } from './differences.js';
import { GitData } from './git-data.js';
import { GITHUB_LIMITS, type Limits } from './limits.js';

export interface Account {
  readonly id: number;
  readonly login: string;
  readonly type: 'User' | 'Bot' | 'Organization';
}

/** The author of pull requests, whom nobody has given more than others; and who looks at them, who may write. */
export const AUTHOR: Account = { id: 9001, login: 'ada', type: 'User' };
export const REVIEWER: Account = { id: 9002, login: 'grace', type: 'User' };

export interface HostedRepository {
  readonly id: number;
  owner: string;
  name: string;
  private: boolean;
  defaultBranch: string;
  readonly git: GitData;
  /** The installation that may reach it; null once it was taken out. */
  installation: number | null;
  readonly pulls: Map<number, HostedPull>;
  readonly checks: HostedCheck[];
  readonly suites: HostedSuite[];
  /** Who may do more than read what is public, by login. */
  readonly collaborators: Map<string, 'admin' | 'write' | 'read'>;
  /** `owner/name` of before, which lead here by a redirect. */
  readonly formerNames: string[];
}

export interface HostedPull {
  readonly id: number;
  readonly number: number;
  head: string;
  /** The branch it comes from, and of which repository where it is a fork's. */
  readonly headRef: string;
  readonly fork: { readonly owner: string; readonly id: number } | null;
  baseRef: string;
  title: string;
  open: boolean;
  merged: boolean;
  draft: boolean;
  readonly author: Account;
  readonly labels: string[];
  readonly createdAt: Date;
  updatedAt: Date;
  readonly reviews: HostedReview[];
  readonly comments: HostedComment[];
}

export interface HostedReview {
  readonly id: number;
  readonly author: Account;
  state: 'PENDING' | 'COMMENTED' | 'APPROVED' | 'CHANGES_REQUESTED';
  readonly commit: string;
  body: string;
  submittedAt: Date | null;
}

export interface HostedComment {
  readonly id: number;
  readonly review: number;
  readonly author: Account;
  body: string;
  path: string;
  readonly side: Side;
  /** Null once a push has taken the line out of the difference. */
  line: number | null;
  readonly originalLine: number;
  startLine: number | null;
  readonly originalStartLine: number | null;
  readonly startSide: Side | null;
  commit: string;
  readonly originalCommit: string;
  /** The path on the commit that it was written on. */
  readonly originalPath: string;
  readonly diffHunk: string;
  /** The first comment of its thread; null for that one itself. */
  readonly inReplyTo: number | null;
  /** The same for all comments of a thread. */
  resolved: boolean;
  edits: number;
  readonly createdAt: Date;
  updatedAt: Date;
}

export interface HostedCheck {
  readonly id: number;
  readonly suite: number;
  readonly head: string;
  name: string;
  externalId: string;
  detailsUrl: string | null;
  status: 'queued' | 'in_progress' | 'completed';
  conclusion: string | null;
  startedAt: Date;
  completedAt: Date | null;
  title: string | null;
  summary: string | null;
  text: string | null;
  /** All that were sent, over all requests. */
  readonly annotations: HostedAnnotation[];
  actions: readonly object[];
}

export interface HostedAnnotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly start_column?: number;
  readonly end_column?: number;
  readonly annotation_level: 'notice' | 'warning' | 'failure';
  readonly message: string;
  readonly title?: string;
  readonly raw_details?: string;
}

/** The checks of the App on one commit. */
export interface HostedSuite {
  readonly id: number;
  readonly head: string;
  readonly createdAt: Date;
}

export interface Delivery {
  /** Larger than what JavaScript counts exactly, as GitHub's are: https://github.com/octokit/request.js/issues/797 */
  readonly id: bigint;
  readonly guid: string;
  readonly event: string;
  readonly action: string | null;
  readonly body: string;
  readonly deliveredAt: Date;
  readonly redelivery: boolean;
  /** 0 where nobody answered. */
  readonly statusCode: number;
  readonly durationMilliseconds: number;
  readonly installation: number | null;
  readonly repository: number | null;
}

export type Permissions = Readonly<Record<string, string>>;

/** The App as it is registered. */
export interface RegisteredApp {
  readonly id: number;
  readonly slug: string;
  readonly publicKey: KeyObject;
  permissions: Permissions;
  events: readonly string[];
}

export interface HostedInstallation {
  readonly id: number;
  /** The account it was installed on. */
  readonly account: string;
  /** What its owner granted; null for all that the App asks for. */
  permissions: Permissions | null;
  suspended: boolean;
  readonly createdAt: Date;
}

/** What an installation acts with. */
export interface InstallationToken {
  readonly installation: number;
  readonly until: number;
  /** Null for all that were granted. */
  readonly permissions: Permissions | null;
  /** Null for all repositories of the installation. */
  readonly repositories: readonly number[] | null;
}

/** What a person acts with: may read the public repositories, and these. */
export interface PersonalToken {
  readonly account: Account;
  readonly repositories: readonly HostedRepository[];
}

/** All that the stand-in knows. Tests may look at it, and change what people could change. */
export class World {
  readonly app: RegisteredApp;
  readonly bot: Account;
  readonly repositories: HostedRepository[] = [];
  readonly installations = new Map<number, HostedInstallation>();
  readonly tokens = new Map<string, InstallationToken>();
  readonly personalTokens = new Map<string, PersonalToken>();
  readonly deliveries: Delivery[] = [];
  readonly limits: Limits = { ...GITHUB_LIMITS };
  /** Like GitHub's own, most numbers do not fit into 32 bits, and those of deliveries not into 53. */
  #lastId = 3_100_000_000;
  #lastRepository = 1_100_000_000;
  #lastDelivery = 3_804_004_623_172_239_366n;

  constructor(app: RegisteredApp) {
    this.app = app;
    this.bot = { id: 141_898_282, login: `${app.slug}[bot]`, type: 'Bot' };
  }

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  nextDelivery(): bigint {
    this.#lastDelivery += 7n;
    return this.#lastDelivery;
  }

  /** A repository of git that GitHub is to have. `installation`: null where the App is not installed on it. */
  add(given: {
    readonly folder: string;
    readonly name: string;
    readonly owner?: string;
    readonly private?: boolean;
    readonly defaultBranch?: string;
    readonly installation?: number | null;
    readonly id?: number;
  }): HostedRepository {
    this.#lastRepository += 1;
    const { installation = 77, owner = 'acme' } = given;
    if (installation !== null) this.installed(installation, owner);
    const repository: HostedRepository = {
      id: given.id ?? this.#lastRepository,
      owner,
      name: given.name,
      private: given.private ?? false,
      defaultBranch: given.defaultBranch ?? 'main',
      git: new GitData(given.folder),
      installation,
      pulls: new Map(),
      checks: [],
      suites: [],
      collaborators: new Map([[REVIEWER.login, 'write']]),
      formerNames: [],
    };
    this.repositories.push(repository);
    return repository;
  }

  /** The installation of that number, made where it is new. */
  installed(id: number, account: string): HostedInstallation {
    const known = this.installations.get(id);
    if (known !== undefined) return known;
    const made = { id, account, permissions: null, suspended: false, createdAt: new Date() };
    this.installations.set(id, made);
    return made;
  }

  /** What an installation may do: GitHub reads the metadata of repositories for every App. */
  permissionsOf({ permissions }: HostedInstallation): Permissions {
    return { ...(permissions ?? this.app.permissions), metadata: 'read' };
  }

  repository(owner: string, name: string): HostedRepository | null {
    const wanted = `${owner}/${name}`.toLowerCase();
    return this.repositories.find((it) => nameOf(it).toLowerCase() === wanted) ?? null;
  }

  /** The repository that had this name once, where no other has it now. */
  formerly(owner: string, name: string): HostedRepository | null {
    const wanted = `${owner}/${name}`.toLowerCase();
    return this.repositories.find(({ formerNames }) => formerNames.includes(wanted)) ?? null;
  }

  /** All tokens of installations end now. */
  expireTokens(): void {
    for (const [text, token] of this.tokens) this.tokens.set(text, { ...token, until: 0 });
  }

  suiteOf(repository: HostedRepository, head: string): HostedSuite {
    const known = repository.suites.find((it) => it.head === head);
    if (known !== undefined) return known;
    const made = { id: this.nextId(), head, createdAt: new Date() };
    repository.suites.push(made);
    return made;
  }
}

export function nameOf({ owner, name }: Pick<HostedRepository, 'owner' | 'name'>): string {
  return `${owner}/${name}`;
}

/** Comments of a pull request by thread, oldest thread first. A thread outlives its first comment. */
export function threadsOf(pull: HostedPull): (readonly [HostedComment, ...HostedComment[]])[] {
  const threads = new Map<number, [HostedComment, ...HostedComment[]]>();
  for (const comment of pull.comments) {
    const first = comment.inReplyTo ?? comment.id;
    const thread = threads.get(first);
    if (thread === undefined) threads.set(first, [comment]);
    else thread.push(comment);
  }
  return [...threads.values()];
}

/** A review that is begun and not sent is seen by its author alone, and so are its comments. */
export function isPending(pull: HostedPull, comment: HostedComment): boolean {
  return pull.reviews.some((it) => it.id === comment.review && it.state === 'PENDING');
}
