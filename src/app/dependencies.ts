import type { Bounds } from '../model/bounds.js';
import type { RuleId } from '../model/identifiers.js';
import type { RepositoryIdentity } from '../model/pull-request.js';
import type { Detector } from '../model/rule.js';
import type { Playbook } from '../playbook/load-playbook.js';
import type { CodeHost } from './hosting.js';
import type { Store } from './keeping.js';
import type { Log } from './log.js';
import type { Policy } from './policy.js';
import type { FactExtraction } from './ports.js';
import type { Builds } from './review-change.js';

/** What the use cases of the App work with. */
export interface AppDependencies {
  readonly host: CodeHost;
  readonly store: Store;
  readonly extraction: FactExtraction;
  readonly detectors: readonly Detector[];
  readonly builds: Builds;
  readonly playbook: Playbook;
  readonly bounds: Bounds;
  /** What holds for a repository. */
  readonly policyOf: (repository: RepositoryIdentity) => Promise<Policy>;
  readonly links: Links;
  readonly log: Log;
  readonly now: () => Date;
}

/** Addresses that a review may name. */
export interface Links {
  /** The code host for people, `https://github.com`, without a slash at its end. */
  readonly server: string;
  /** The page of a rule that the App serves; null where the operator gave it no public address. */
  readonly rulePage: ((rule: RuleId) => string) | null;
  /** The badge of a repository, with its token where it is private; null as above. */
  readonly badge: ((repository: RepositoryIdentity) => string) | null;
}
