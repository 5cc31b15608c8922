/** What a command's process ends with; docs/command-line.md lists them for scripts. */
export const EXIT = {
  done: 0,
  /** It was refused, or could not be carried out, or a check failed. */
  failed: 1,
  /** What was typed is no command. Nothing was done. */
  usage: 2,
  /** What it names is not there. */
  notFound: 3,
  /** Some of what it was given was refused; the rest is done. */
  partly: 4,
} as const;
