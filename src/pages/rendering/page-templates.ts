import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Eta } from 'eta';
import { ConfigurationError } from '../../config/configuration-error.js';

const OURS = fileURLToPath(new URL('../templates/', import.meta.url));
const SUFFIX = '.eta';

/** The templates of the pages, ours unless `PAGES_DIR/templates` has one of the same name. All are compiled when the server starts. */
export class PageTemplates {
  private readonly eta = new Eta({ autoEscape: true, useWith: false, cache: true });

  /** @throws ConfigurationError if a template of the directory cannot be compiled, or has a name that no page uses */
  constructor(directory: string | undefined) {
    if (directory !== undefined && !isDirectory(directory))
      throw new ConfigurationError([`PAGES_DIR is no directory: ${directory}.`]);
    const names = readdirSync(OURS).filter((name) => name.endsWith(SUFFIX));
    const own = directory === undefined ? undefined : join(directory, 'templates');
    for (const name of own !== undefined && isDirectory(own) ? readdirSync(own) : []) {
      if (name.endsWith(SUFFIX) && !names.includes(name))
        throw new ConfigurationError([
          `PAGES_DIR: templates/${name} is no template of a page (docs/pages.md).`,
        ]);
    }
    for (const name of names) {
      const replaced = own !== undefined && existsSync(join(own, name));
      const file = join(replaced ? own : OURS, name);
      try {
        this.eta.loadTemplate(`@${name.slice(0, -SUFFIX.length)}`, readFileSync(file, 'utf8'));
      } catch (error) {
        throw new ConfigurationError([`PAGES_DIR: ${file} is no template (${firstLine(error)}).`]);
      }
    }
  }

  /** @returns HTML; what is in `data` is escaped where the template does not say otherwise */
  render(name: string, data: object): string {
    return this.eta.render(`@${name}`, data);
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function firstLine(error: unknown): string {
  return String((error as Error).message).split('\n', 1)[0] ?? '';
}
