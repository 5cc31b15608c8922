import * as nodeTest from 'node:test';
import { titlesOf } from './titles.js';

/** Of a test, or of what is done around it; milliseconds. */
const TIMEOUT = 120_000;

type Step = () => unknown;

/** What Jest and Vitest have. */
interface TestRunner {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly it: (name: string, test: () => Promise<void>, timeout?: number) => unknown;
  readonly beforeAll: (step: () => Promise<void>, timeout?: number) => unknown;
  readonly beforeEach: (step: () => Promise<void>, timeout?: number) => unknown;
  readonly afterAll: (step: () => Promise<void>, timeout?: number) => unknown;
}

interface KnownGlobals extends Partial<TestRunner> {
  /** Vitest's exports, where `globals` is off. */
  readonly ['__vitest_index__']?: TestRunner;
}

const NODE: TestRunner = {
  describe: (name, body) => nodeTest.describe(name, body),
  it: (name, test) => nodeTest.it(name, { timeout: TIMEOUT }, test),
  beforeAll: (step) => nodeTest.before(step),
  beforeEach: (step) => nodeTest.beforeEach(step),
  afterAll: (step) => nodeTest.after(step),
};

/** The runner whose file this is: known by its globals, as Vitest by what it leaves where it has none; else `node:test`. */
function currentRunner(): TestRunner {
  const known = globalThis as KnownGlobals;
  if (isRunner(known)) return known;
  return known['__vitest_index__'] ?? NODE;
}

function isRunner(known: Partial<TestRunner>): known is TestRunner {
  return typeof known.describe === 'function' && typeof known.beforeAll === 'function';
}

/** `it` of the current runner. */
function one(title: string, test: Step): void {
  currentRunner().it(title, asyncOf(test), TIMEOUT);
}

/** The same test for each row: a list of arguments, or one argument. `%s`, `%j`, `%i` and `$name` stand for them. */
function each<Row extends readonly [unknown, ...unknown[]]>(
  rows: readonly Row[],
): (title: string, test: (...args: Row) => unknown) => void;
function each<Row>(rows: readonly Row[]): (title: string, test: (row: Row) => unknown) => void;
function each(rows: readonly unknown[]) {
  return (title: string, test: (...args: unknown[]) => unknown): void => {
    for (const [args, name] of titlesOf(title, rows)) one(name, () => test(...args));
  };
}

/** With `it.each`, which `node:test` has not. */
export const it = Object.assign(one, { each });

export function describe(title: string, body: () => void): void {
  currentRunner().describe(title, body);
}

export function beforeAll(step: Step): void {
  currentRunner().beforeAll(asyncOf(step), TIMEOUT);
}

export function beforeEach(step: Step): void {
  currentRunner().beforeEach(asyncOf(step), TIMEOUT);
}

export function afterAll(step: Step): void {
  currentRunner().afterAll(asyncOf(step), TIMEOUT);
}

/** Takes no argument, which some runners would give a callback to, and gives back nothing, which some would await. */
function asyncOf(step: Step): () => Promise<void> {
  return async () => void (await step());
}
