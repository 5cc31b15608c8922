import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where Debian has it, which is not on the PATH of all users. */
const ELSEWHERE = ['/usr/sbin', '/usr/local/sbin'];

export function findHaproxy(): string | undefined {
  const directories = [...(process.env.PATH ?? '').split(delimiter), ...ELSEWHERE];
  return directories.map((directory) => join(directory, 'haproxy')).find((path) => existsSync(path));
}
