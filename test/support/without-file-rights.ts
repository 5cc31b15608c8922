/**
 * A program before the server that takes from root what lets it pass by the permissions of files; other users do not
 * need it.
 */
export const WITHOUT_FILE_RIGHTS: readonly string[] =
  process.getuid?.() === 0 ? ['setpriv', '--bounding-set', '-dac_override,-dac_read_search'] : [];
