/** A pull request as people write it. */
export interface PullRequestName {
  readonly owner: string;
  readonly repo: string;
  readonly number: number;
}

const NAME = /^([A-Za-z0-9-]+)\/([\w.-]+)#([1-9]\d{0,8})$/;

/** Reads `owner/repo#12`; null for anything else. */
export function readPullRequestName(text: string): PullRequestName | null {
  const [, owner, repo, number] = NAME.exec(text) ?? [];
  if (owner === undefined || repo === undefined || number === undefined || /^\.\.?$/.test(repo)) return null;
  return { owner, repo, number: Number(number) };
}

export function writePullRequestName({ owner, repo, number }: PullRequestName): string {
  return `${owner}/${repo}#${number}`;
}
