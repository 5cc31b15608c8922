import { readFileSync } from 'node:fs';
import { TestEnvironment } from 'jest-environment-node';
import { checkConformance } from './openapi-conformance.js';

// Plain JavaScript: Jest loads it with Node's own loader.

// @types/node leaves the name to the DOM's types.
const { WebAssembly: webAssembly } =
  /** @type {{ WebAssembly: { compile(bytes: Uint8Array): Promise<unknown> } }} */ (
    /** @type {unknown} */ (globalThis)
  );

/**
 * PGlite, held for as long as this process of Jest lives. V8 shares what it compiles of the same bytes, but throws it away
 * with the last database that is closed: up to hundreds of times in a run, for a third of a second each. Node 24 is known to
 * crash now and then where that happens again and again (nodejs/node#64500).
 */
const pglite = webAssembly.compile(
  readFileSync(new URL('pglite.wasm', import.meta.resolve('@electric-sql/pglite'))),
);

export default class extends TestEnvironment {
  /** @override */
  async setup() {
    await super.setup();
    await pglite;
    // From here, so that what it compiles serves all files that this process of Jest runs.
    this.global['latchkeyTests'] = { checkConformance };
  }
}
