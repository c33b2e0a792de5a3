/** What goes into a request besides its address. Octokit lets any key pass, which would hold nothing to its shape. */
export type Body<Parameters> = Parameters extends unknown
  ? {
      [Key in keyof Parameters as string extends Key
        ? never
        : Key extends 'owner' | 'repo' | 'pull_number'
          ? never
          : Key]: Parameters[Key];
    }
  : never;
