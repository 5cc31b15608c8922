import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

interface Bundle {
  readonly code: string;
  /** What is left to import. */
  readonly imports: string[];
}

/**
 * A module and all that it imports in one script, minified, as a page's own build would make it.
 * @param file from here
 * @param name of the global that its exports become; without it they stay those of a module
 */
export function bundle(file: string, name?: string): Bundle {
  const pathOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));
  const script = [pathOf('bundle-script.js'), pathOf(file), ...(name ? [name] : [])];
  const output = execFileSync(process.execPath, script, { encoding: 'utf8', maxBuffer: 16_777_216 });
  return JSON.parse(output) as Bundle;
}
