import { readdirSync, readFileSync, statSync } from 'node:fs';
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
    const names = templatesIn(OURS);
    const own = directory === undefined ? '' : join(directory, 'templates');
    const replaced = isDirectory(own) ? templatesIn(own) : [];
    const unknown = replaced.find((name) => !names.includes(name));
    if (unknown !== undefined)
      throw new ConfigurationError([
        `PAGES_DIR: templates/${unknown} is no template of a page (docs/pages.md).`,
      ]);
    for (const name of names) this.load(name, replaced.includes(name) ? own : OURS);
  }

  /** @returns HTML; what is in `data` is escaped where the template does not say otherwise */
  render(name: string, data: object): string {
    return this.eta.render(`@${name}`, data);
  }

  private load(name: string, directory: string): void {
    const file = join(directory, name);
    try {
      this.eta.loadTemplate(`@${name.slice(0, -SUFFIX.length)}`, readFileSync(file, 'utf8'));
    } catch (error) {
      throw new ConfigurationError([`PAGES_DIR: ${file} is no template (${firstLine(error)}).`]);
    }
  }
}

function templatesIn(directory: string): string[] {
  return readdirSync(directory).filter((name) => name.endsWith(SUFFIX));
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function firstLine(error: unknown): string {
  return (error as Error).message.split('\n', 1)[0] ?? '';
}
