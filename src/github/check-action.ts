/** The button on our check runs. GitHub tells of a press by the identifier. */
export const CHECK_ACTION = {
  identifier: 'recheck',
  // At most 20 and 40 characters.
  label: 'Re-check',
  description: 'Review this commit again.',
} as const;
