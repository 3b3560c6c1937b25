/** The exit statuses of every subcommand (docs/cli.md). */
export const EXIT = {
  nothing: 0,
  found: 1,
  usage: 2,
  couldNotRun: 3,
} as const;
export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];
