import { setFlagsFromString } from 'node:v8';

/**
 * How much work a function of WebAssembly does before V8 optimises it, in bytes executed; about a tenth of a second's. With
 * V8's own two million, optimising what PGlite runs once as it opens takes a quarter of a start's processor time. What
 * serves requests gets there soon enough (docs/adr/0006).
 */
const TIERING_BUDGET = 200_000_000;

/** Sets V8 up for PGlite, in a process of our own, before it is loaded. */
export function prepareEmbeddedDatabase(): void {
  setFlagsFromString(`--wasm-tiering-budget=${TIERING_BUDGET}`);
  // V8 of Node 24 has died while it gave back code of WebAssembly that it had replaced (docs/adr/0006).
  setFlagsFromString('--no-wasm-code-gc');
}
