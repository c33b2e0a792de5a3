import { DEFAULT_JUDGE_OPTIONS, type JudgeOptions } from '../model/rule.js';
import type { CommentLimits } from './plan-comments.js';

/** What a repository may settle about its reviews. Defaults until there is a settings file. */
export interface Policy {
  /** Changes whenever one of the others does: two reviews under one version may differ in nothing. */
  readonly version: string;
  /** Whether drafts are analysed. */
  readonly drafts: boolean;
  readonly comments: CommentLimits;
  /** Annotations of one check run; what is more than one request takes goes in several. */
  readonly annotations: number;
  readonly judge: JudgeOptions;
}

export const DEFAULT_POLICY: Policy = {
  version: 'defaults',
  drafts: false,
  comments: { perPush: 10, open: 25 },
  annotations: 50,
  judge: DEFAULT_JUDGE_OPTIONS,
};
