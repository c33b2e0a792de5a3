/** What GitHub bounds. A test may set a lower one, to reach it with a small repository. */
export interface Limits {
  /** The patch of one file, and all patches of one answer, in lines and bytes. */
  fileDiffLines: number;
  fileDiffBytes: number;
  diffLines: number;
  diffBytes: number;
  /** Files in the list of a pull request, and in a comparison. */
  listedFiles: number;
  comparedFiles: number;
  /** Commits of a comparison that asks for no page. */
  comparedCommits: number;
  /** Entries of a recursive tree, and the bytes of its JSON. */
  treeEntries: number;
  treeBytes: number;
  /** Where GraphQL cuts the text of a blob, in bytes. */
  blobTextBytes: number;
  /** The largest blob that REST hands out. */
  blobBytes: number;
  /** Requests in an hour, of one installation or person. */
  requestsAnHour: number;
  /** The secondary limits of one of them: requests at once, points within a minute, creations within a minute and an hour. */
  requestsAtOnce: number;
  pointsAMinute: number;
  queryPointsAMinute: number;
  creationsAMinute: number;
  creationsAnHour: number;
}

/**
 * https://docs.github.com/en/repositories/creating-and-managing-repositories/repository-limits,
 * https://docs.github.com/en/rest/pulls/pulls#list-pull-requests-files,
 * https://docs.github.com/en/rest/git/trees#get-a-tree,
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
export const GITHUB_LIMITS: Readonly<Limits> = {
  fileDiffLines: 20_000,
  fileDiffBytes: 500 * 1024,
  diffLines: 20_000,
  diffBytes: 1024 * 1024,
  listedFiles: 3_000,
  comparedFiles: 300,
  comparedCommits: 250,
  treeEntries: 100_000,
  treeBytes: 7 * 1024 * 1024,
  blobTextBytes: 512_000,
  blobBytes: 100 * 1024 * 1024,
  requestsAnHour: 5_000,
  requestsAtOnce: 100,
  pointsAMinute: 900,
  queryPointsAMinute: 2_000,
  creationsAMinute: 80,
  creationsAnHour: 500,
};
