import assert from 'node:assert/strict';
import { isDeepStrictEqual, types } from 'node:util';
import { AsymmetricMatcher, comparable } from './matchers.js';

type Type = new (...args: never[]) => unknown;
type ErrorMatch = RegExp | string | Error | Type;

/** What tests of these suites say of a value, by `node:assert`, so that every runner shows what differs. */
class Expectation {
  constructor(
    private readonly actual: unknown,
    private readonly negated = false,
  ) {}

  get not(): Expectation {
    return new Expectation(this.actual, !this.negated);
  }

  /** Of a promise that is to reject. */
  get rejects(): { toThrow(expected: ErrorMatch): Promise<void> } {
    return {
      toThrow: async (expected) => assert.rejects(Promise.resolve(this.actual), errorCheck(expected)),
    };
  }

  toBe(expected: unknown): void {
    if (this.negated) assert.ok(!Object.is(this.actual, expected), `expected not to be ${String(expected)}`);
    else assert.strictEqual(this.actual, expected);
  }

  /** The same in depth; a member that is undefined is as one that is not there. */
  toEqual(expected: unknown): void {
    this.compare(...comparable(this.actual, expected));
  }

  /** The same in depth, as far as `expected` says. */
  toMatchObject(expected: object): void {
    this.compare(...comparable(this.actual, expected, 'as far as expected'));
  }

  toBeUndefined(): void {
    this.toBe(undefined);
  }

  toBeDefined(): void {
    this.not.toBe(undefined);
  }

  toBeNull(): void {
    this.toBe(null);
  }

  toHaveLength(length: number): void {
    assert.strictEqual((this.actual as { readonly length: number } | undefined)?.length, length);
  }

  toContain(item: unknown): void {
    const items = this.actual as readonly unknown[];
    assert.strictEqual(items.includes(item), !this.negated, `${String(item)} in ${items.join(', ')}`);
  }

  toBeLessThanOrEqual(bound: number): void {
    const actual = this.actual as number;
    assert.ok(actual <= bound, `${actual} is more than ${bound}`);
  }

  private compare(actual: unknown, expected: unknown): void {
    if (this.negated) assert.ok(!isDeepStrictEqual(actual, expected), 'expected to differ');
    else assert.deepStrictEqual(actual, expected);
  }
}

/** Says what a value is to be. */
export const expect = Object.assign((actual: unknown): Expectation => new Expectation(actual), {
  any: (type: Type) => new AsymmetricMatcher((value) => isA(value, type)),
  anything: () => new AsymmetricMatcher((value) => value !== undefined && value !== null),
  stringMatching: (pattern: RegExp) =>
    new AsymmetricMatcher((value) => typeof value === 'string' && pattern.test(value)),
});

function errorCheck(expected: ErrorMatch): RegExp | ((error: unknown) => true) {
  if (expected instanceof RegExp) return expected;
  return (error) => {
    assert.ok(types.isNativeError(error), 'expected an error');
    if (typeof expected === 'string') assert.ok(error.message.includes(expected), error.message);
    else if (types.isNativeError(expected)) assert.strictEqual(error.message, expected.message);
    else assert.ok(isA(error, expected), `expected ${expected.name}, not ${error.name}: ${error.message}`);
    return true;
  };
}

/** What Node itself makes may be of another realm than the runner's tests. */
function isA(value: unknown, type: Type): boolean {
  return value instanceof type || Object.prototype.toString.call(value) === `[object ${type.name}]`;
}
