import { readFileSync } from 'node:fs';
import { ModernFakeTimers } from '@jest/fake-timers';
import { ModuleMocker } from 'jest-mock';

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

/** The realm of the process itself: see the test runner. */
export default class {
  global = globalThis;
  moduleMocker = new ModuleMocker(globalThis);
  fakeTimers = null;
  fakeTimersModern;
  /** @type {unknown} */
  #exit = Reflect.get(process, 'exit');

  /** @param {{ projectConfig: ConstructorParameters<typeof ModernFakeTimers>[0]['config'] }} config */
  constructor({ projectConfig: config }) {
    this.fakeTimersModern = new ModernFakeTimers({ config, global: globalThis });
  }

  async setup() {
    await pglite;
  }

  teardown() {
    this.fakeTimersModern.dispose();
    // Jest wraps it once a file.
    Reflect.set(process, 'exit', this.#exit);
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }

  getVmContext() {
    return null;
  }
}
