import { readFileSync } from 'node:fs';

/** The version of Latchkey that runs, as package.json has it. */
export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    readonly version: string;
  };
  return version;
}
