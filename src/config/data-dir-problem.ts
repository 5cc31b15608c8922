const ADVICE: Readonly<Record<string, string>> = {
  EACCES: 'Give the user that the server runs as the right to read and write it',
  EPERM: 'Give the user that the server runs as the right to read and write it',
  EROFS: 'Mount it so that it can be written to',
  ENOSPC: 'Make room there',
  EDQUOT: 'Make room there',
  EMFILE: 'Raise the number of files that the server may have open',
};

/** What DATA_DIR needs is that a file system can be written to; one line of what kept it from that. */
export function dataDirProblem(error: NodeJS.ErrnoException): string {
  const advice = ADVICE[error.code ?? ''] ?? 'Remove what stands in the way';
  return `DATA_DIR cannot be used: ${error.message}. ${advice}, or choose another directory.`;
}
