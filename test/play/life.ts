import { setTimeout as pause } from 'node:timers/promises';
import type { FactExtraction } from '../../src/app/ports.js';
import { repoPath } from '../../src/model/identifiers.js';
import { readMarker } from '../../src/presentation/github/marker.js';
import type { AppBehindGithub } from '../github/stand-in/app-process.js';
import type { Webhook } from '../github/stand-in/deliveries.js';
import { commentableLines, differenceOf } from '../github/stand-in/differences.js';
import type { Github } from '../github/stand-in/stand-in.js';
import type { HostedPull, HostedRepository } from '../github/stand-in/world.js';
import { openJobs } from '../support/open-jobs.js';
import { until } from '../support/until.js';
import { BASE, type Edits, type RealChange } from './real-change.js';
import { applySuggestions, freshComments, type SeenComment, type Step, type Suggestion, suggestionOf } from './step.js';
import { faultsOf } from './what-holds.js';

/** Most requests of a review for up to fifty changed files: in a new repository, in a known one, after a push. */
const BOUNDS = { cold: 12, warm: 8, push: 7 } as const;
const LONGEST_REVIEW = 180_000;
const BRANCH = 'change';
const NOTES = 'NOTES-OF-THE-PLAY.md';

export interface PlayedStep {
  readonly step: Step;
  readonly faults: readonly string[];
}

export interface Stage {
  readonly github: Github;
  readonly app: AppBehindGithub;
  readonly extraction: FactExtraction;
}

/** What people do, and what is to hold after it. */
interface Act {
  readonly name: string;
  /** Most requests for up to fifty changed files. */
  readonly bound: number;
  readonly pull: HostedPull;
  readonly tell: () => Webhook;
  /** The commit that is to be checked; left out: the head. */
  readonly commit?: string;
  /** False where nothing of the change is other than before. */
  readonly reposts?: boolean;
  /** What does not hold besides. */
  readonly more?: () => readonly string[];
}

/** The life of one pull request, step by step. */
export class Life {
  readonly #stage: Stage;
  readonly #change: RealChange;
  readonly #repository: HostedRepository;
  readonly #onStep: (played: PlayedStep) => void;

  constructor(stage: Stage, change: RealChange, repository: HostedRepository, onStep: (played: PlayedStep) => void) {
    this.#stage = stage;
    this.#change = change;
    this.#repository = repository;
    this.#onStep = onStep;
  }

  async play(): Promise<void> {
    const { people } = this.#stage.github;
    const [first = ''] = this.#change.commits;
    this.#change.moveTo(BRANCH, this.#change.commitTree(this.#base, first));
    const { pull, webhook } = people.open(this.#repository, { branch: BRANCH });
    await this.#step({ name: 'opened', bound: BOUNDS.cold, pull, tell: () => webhook });
    await this.#pushTwice(pull);
    await this.#moveBase(pull);
    await this.#rebase(pull);
    await this.#forcePush(pull);
    const again = () => people.rerequest(this.#repository, pull);
    await this.#step({ name: 'asked again', bound: BOUNDS.push, pull, tell: again, reposts: false });
    await this.#mend(pull);
    await this.#takeBack(pull);
    await this.#step({ name: 'closed', bound: 0, pull, tell: () => people.close(this.#repository, pull) });
    const reopen = () => people.reopen(this.#repository, pull);
    await this.#step({ name: 'reopened', bound: BOUNDS.push, pull, tell: reopen, reposts: false });
    await this.#openAnother(first);
  }

  get #base(): string {
    return this.#change.commitOf(BASE);
  }

  /** What really came next in the history of the repository; where nothing did, a line of words. */
  async #pushTwice(pull: HostedPull): Promise<void> {
    for (const at of [1, 2]) {
      const next = this.#change.commits[at];
      const [path = NOTES] = this.#change.changedFiles(this.#base, pull.head).filter(takesWords);
      const commit =
        next === undefined
          ? this.#change.commitTree(pull.head, pull.head, this.#withWords(pull.head, path, at))
          : this.#change.commitTree(pull.head, next);
      await this.#push(`pushed ${at === 1 ? 'once' : 'twice'}`, pull, commit);
    }
  }

  /** The base goes on by a line above all that the pull request changes in one file. */
  async #moveBase(pull: HostedPull): Promise<void> {
    const { people } = this.#stage.github;
    const before = this.#base;
    const path = this.#movedFile(pull);
    this.#change.moveTo(BASE, this.#change.commitTree(before, before, this.#withWords(before, path, 0)));
    const tell = () => people.pushTo(this.#repository, BASE, before);
    await this.#step({ name: 'base moved', bound: BOUNDS.warm, pull, tell, commit: this.#base });
  }

  async #rebase(pull: HostedPull): Promise<void> {
    const commits = this.#change.commitsOf(pull.head);
    let tip = this.#base;
    for (const commit of commits) tip = this.#change.commitTree(tip, commit, this.#moved(commit));
    await this.#push('rebased', pull, tip, { reposts: false });
  }

  /** All at once, with another file. A line in one that changes may make another pair of files a renaming. */
  async #forcePush(pull: HostedPull): Promise<void> {
    const all = this.#change.commitTree(this.#base, pull.head, this.#withWords(pull.head, NOTES, 9));
    await this.#push('force-pushed', pull, all, { reposts: false });
  }

  /** A person commits every suggestion, on the lines where it stands. */
  async #mend(pull: HostedPull): Promise<void> {
    const suggested = this.#open(pull).filter((comment) => suggestionOf(comment) !== null);
    if (suggested.length === 0) return;
    const edits = new Map<string, Buffer>();
    for (const path of new Set(suggested.map((comment) => comment.path))) {
      const mine = suggested.filter((comment) => comment.path === path).flatMap((it) => suggestionOf(it) ?? []);
      edits.set(path, Buffer.from(applySuggestions(this.#textAt(pull.head, path), mine)));
    }
    const left = () => suggested.filter(({ id }) => this.#open(pull).some((it) => it.id === id));
    await this.#push('suggestions committed', pull, this.#change.commitTree(pull.head, pull.head, edits), {
      more: () => left().map(({ path, line }) => `the comment on ${path}:${line} outlives its suggestion`),
    });
  }

  /** What has a comment goes back to what the base says; if that is not enough, everything does. */
  async #takeBack(pull: HostedPull): Promise<void> {
    const paths = new Set(this.#open(pull).map(({ path }) => path));
    if (paths.size > 0) {
      const edits = new Map([...paths].map((path) => [path, this.#change.read(this.#base, path)] as const));
      await this.#push('files taken back', pull, this.#change.commitTree(pull.head, pull.head, edits));
    }
    const left = () => this.#open(pull).map(({ path, line }) => `the comment on ${path}:${line} outlives its finding`);
    const notes = new Map([[NOTES, Buffer.from('All is as it was.\n')]]);
    const all = this.#change.commitTree(pull.head, this.#base, notes);
    await this.#push('all taken back', pull, all, { more: left });
  }

  /** The same change again, when all of it is known. */
  async #openAnother(first: string): Promise<void> {
    this.#change.moveTo('another', this.#change.commitTree(this.#base, first));
    const { pull, webhook } = this.#stage.github.people.open(this.#repository, { branch: 'another' });
    await this.#step({ name: 'another opened', bound: BOUNDS.warm, pull, tell: () => webhook });
  }

  async #push(name: string, pull: HostedPull, commit: string, also: Partial<Act> = {}): Promise<void> {
    const tell = () => this.#stage.github.people.push(this.#repository, pull, commit);
    await this.#step({ name, bound: BOUNDS.push, pull, tell, ...also });
  }

  async #step(act: Act): Promise<void> {
    const { github, app } = this.#stage;
    const before = this.#seen(act.pull);
    const [asked, said] = [github.requests.length, app.log().length];
    const webhook = act.tell();
    const head = act.commit ?? act.pull.head;
    // Git kept this process busy: connections that were closed meanwhile are noticed now, and not used again.
    await pause(20);
    const started = Date.now();
    const answer = await github.send(webhook);
    await until(async () => (await openJobs(app.address)) === 0, `${act.name}: all is done`, LONGEST_REVIEW);
    const checks = this.#repository.checks.filter((check) => check.head === head);
    const completed = checks.at(-1)?.completedAt?.getTime() ?? 0;
    const step: Step = {
      name: act.name,
      bound: act.bound,
      changedFiles: this.#change.changedFiles(this.#change.forkOf(head), head).length,
      requests: github.requests.slice(asked),
      webhook: answer,
      checkMilliseconds: completed < started ? null : completed - started,
      checks,
      before,
      after: this.#seen(act.pull),
      warnings: warningsIn(app.log().slice(said)),
    };
    this.#onStep({ step, faults: await this.#faultsOf(step, act) });
  }

  async #faultsOf(step: Step, { pull, reposts, more }: Act): Promise<readonly string[]> {
    const violations = this.#stage.github.takeViolations();
    return [
      ...faultsOf(step),
      ...violations.map((violation) => `not allowed by GitHub: ${violation}`),
      ...this.#placeFaults(step, pull),
      ...(await this.#suggestionFaults(step, pull)),
      ...(reposts === false ? repostsIn(step) : []),
      ...(more?.() ?? []),
    ];
  }

  #seen(pull: HostedPull): readonly SeenComment[] {
    const { bot } = this.#stage.github.world;
    return pull.comments.map((comment) => ({ ...comment, isOurs: comment.author.id === bot.id }));
  }

  /** Threads of ours that tell of something still to be mended. */
  #open(pull: HostedPull): readonly SeenComment[] {
    return this.#seen(pull).filter(({ isOurs, inReplyTo, resolved, body }) => {
      return isOurs && inReplyTo === null && !resolved && readMarker(body)?.mended !== true;
    });
  }

  #placeFaults(step: Step, pull: HostedPull): string[] {
    const { files } = differenceOf(pull, this.#repository.git);
    const outside = freshComments(step).filter(({ path, side, startLine, line }) => {
      const lines = commentableLines(files.find(({ filename }) => filename === path)?.patch ?? '')[side];
      return line === null || !lines.has(line) || lines.get(startLine ?? line) !== lines.get(line);
    });
    return outside.map(({ path, line }) => `${path}:${line} is outside of the difference`);
  }

  /** Every suggestion that was posted changes its lines, and what comes of it can be read as well as before. */
  async #suggestionFaults(step: Step, pull: HostedPull): Promise<string[]> {
    const faults: string[] = [];
    for (const comment of freshComments(step)) {
      const suggestion = suggestionOf(comment);
      if (suggestion === null) continue;
      const fault = await this.#faultOf(suggestion, this.#textAt(pull.head, comment.path), comment.path);
      if (fault !== null) faults.push(`the suggestion on ${comment.path}:${comment.line} ${fault}`);
    }
    return faults;
  }

  async #faultOf(suggestion: Suggestion, before: string, path: string): Promise<string | null> {
    const after = applySuggestions(before, [suggestion]);
    if (after === before) return 'changes nothing';
    const file = (content: string) => ({ path: repoPath(path), bytes: new TextEncoder().encode(content) });
    const [then, now] = await this.#stage.extraction.extract([file(before), file(after)]);
    return now?.partial === null || then?.partial !== null ? null : `does not parse: ${now?.partial?.reason}`;
  }

  #textAt(commit: string, path: string): string {
    return this.#change.read(commit, path)?.toString('utf8') ?? '';
  }

  /** A file that the pull request changes, that the base has and that takes a line of words at its top. */
  #movedFile(pull: HostedPull): string {
    const known = this.#change.changedFiles(this.#change.forkOf(pull.head), pull.head).filter(takesWords);
    return known.find((path) => this.#change.read(this.#base, path) !== null) ?? NOTES;
  }

  /** What the base moved by, in a commit of before. */
  #moved(commit: string): Edits {
    const moved = this.#change.changedFiles(`${BASE}~1`, BASE);
    const there = moved.filter((path) => this.#change.read(commit, path) !== null || path === NOTES);
    return new Map(there.flatMap((path) => [...this.#withWords(commit, path, 0)]));
  }

  /** A file with a line of words at its top. */
  #withWords(commit: string, path: string, which: number): Edits {
    const words = Buffer.from(`# A line of the play, ${which}.\n`);
    return new Map([[path, Buffer.concat([words, this.#change.read(commit, path) ?? Buffer.alloc(0)])]]);
  }
}

function takesWords(path: string): boolean {
  return /\.(?:py|ya?ml|toml)$/.test(path);
}

/** A comment is then new only if there was no room for it before: ten are posted on one head. */
function repostsIn(step: Step): string[] {
  const fresh = freshComments(step);
  return fresh.length > 0 && step.before.length < 10 ? [`${fresh.length} comments, though nothing has changed`] : [];
}

function warningsIn(log: string): string[] {
  const lines = log.split('\n').filter((line) => /"level":"(?:warn|error|fatal)"/.test(line));
  return lines.map((line) => line.slice(0, 400));
}
