import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

/** A file that pages load. */
export interface PageAsset {
  readonly type: string;
  readonly content: Buffer;
  readonly compressed: Buffer;
}

const OURS = fileURLToPath(new URL('../assets/', import.meta.url));

/** Our files, and what a team may lay beside them in `PAGES_DIR`. */
const FILES = [
  ['pages.js', 'text/javascript; charset=utf-8'],
  ['pages.css', 'text/css; charset=utf-8'],
  ['theme.css', 'text/css; charset=utf-8'],
  ['logo.svg', 'image/svg+xml'],
  ['logo.png', 'image/png'],
] as const;

type FileName = (typeof FILES)[number][0];

/** Scripts, styles and the logo, in memory, at addresses that change with what they hold. */
export class PageAssets {
  private readonly addresses = new Map<FileName, string>();
  private readonly assets = new Map<string, PageAsset>();

  constructor(directory: string | undefined) {
    for (const [name, type] of FILES) {
      const file = [directory, OURS]
        .flatMap((place) => (place === undefined ? [] : [join(place, name)]))
        .find(existsSync);
      if (file === undefined) continue;
      const content = readFileSync(file);
      const digest = createHash('sha256').update(content).digest('base64url').slice(0, 12);
      const address = name.replace('.', `-${digest}.`);
      this.addresses.set(name, address);
      this.assets.set(address, { type, content, compressed: gzipSync(content) });
    }
  }

  /** @returns the last part of its address; undefined if there is no such file */
  addressOf(name: FileName): string | undefined {
    return this.addresses.get(name);
  }

  at(address: string): PageAsset | undefined {
    return this.assets.get(address);
  }
}
