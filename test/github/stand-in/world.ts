import type { KeyObject } from 'node:crypto';
import { GitData } from './git-data.js';

export interface Account {
  readonly id: number;
  readonly login: string;
  readonly type: 'User' | 'Bot' | 'Organization';
}

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
}

export interface HostedPull {
  readonly number: number;
  head: string;
  /** The branch it comes from, and of which repository where it is a fork's. */
  readonly headRef: string;
  readonly fork: { readonly owner: string; readonly id: number } | null;
  baseRef: string;
  open: boolean;
  draft: boolean;
  readonly author: Account;
  updatedAt: Date;
  readonly reviews: HostedReview[];
  readonly comments: HostedComment[];
}

export interface HostedReview {
  readonly id: number;
  readonly author: Account;
  state: 'PENDING' | 'COMMENTED' | 'APPROVED' | 'CHANGES_REQUESTED';
  readonly commit: string;
  readonly body: string;
}

export interface HostedComment {
  readonly id: number;
  readonly review: number;
  readonly author: Account;
  body: string;
  readonly path: string;
  readonly side: 'LEFT' | 'RIGHT';
  /** Null once a push has taken the line out of the difference. */
  line: number | null;
  readonly originalLine: number;
  startLine: number | null;
  readonly originalStartLine: number | null;
  readonly startSide: 'LEFT' | 'RIGHT' | null;
  commit: string;
  readonly originalCommit: string;
  readonly inReplyTo: number | null;
  resolved: boolean;
  edits: number;
}

export interface HostedCheck {
  readonly id: number;
  readonly head: string;
  readonly name: string;
  externalId: string;
  status: 'queued' | 'in_progress' | 'completed';
  conclusion: string | null;
  readonly startedAt: Date;
  completedAt: Date | null;
  title: string | null;
  summary: string | null;
  text: string | null;
  readonly annotations: object[];
  actions: readonly object[];
}

export interface Delivery {
  readonly id: number;
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

/** The App as it is registered. */
export interface RegisteredApp {
  readonly id: number;
  readonly slug: string;
  readonly publicKey: KeyObject;
  permissions: Readonly<Record<string, string>>;
  events: readonly string[];
}

/** All that the stand-in knows. Tests may look at it, and change what people could change. */
export class World {
  readonly app: RegisteredApp;
  readonly bot: Account;
  readonly repositories: HostedRepository[] = [];
  readonly installations = new Set<number>();
  /** Tokens that were handed out, with their installation and the moment they end. */
  readonly tokens = new Map<string, { readonly installation: number; readonly until: number }>();
  readonly deliveries: Delivery[] = [];
  /** Trees with more entries are cut and said to be; patches that are longer are left out. GitHub's own where not set. */
  mostTreeEntries: number | null = null;
  longestPatch: number | null = null;
  longestBlobText: number | null = null;
  #lastId = 1000;

  constructor(app: RegisteredApp) {
    this.app = app;
    this.bot = { id: 41898282, login: `${app.slug}[bot]`, type: 'Bot' };
  }

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  add(given: {
    readonly folder: string;
    readonly name: string;
    readonly owner?: string;
    readonly private?: boolean;
    readonly installation?: number;
    readonly id?: number;
  }): HostedRepository {
    const installation = given.installation ?? 77;
    this.installations.add(installation);
    const repository: HostedRepository = {
      id: given.id ?? this.nextId(),
      owner: given.owner ?? 'acme',
      name: given.name,
      private: given.private ?? false,
      defaultBranch: 'main',
      git: new GitData(given.folder),
      installation,
      pulls: new Map(),
      checks: [],
    };
    this.repositories.push(repository);
    return repository;
  }

  repository(owner: string, name: string): HostedRepository | null {
    const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
    return this.repositories.find((it) => same(it.owner, owner) && same(it.name, name)) ?? null;
  }
}
