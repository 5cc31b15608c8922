import { describe, expect, it } from '@jest/globals';
import { isStoreFailure } from './store-failure.js';

const withCode = (code: unknown) => Object.assign(new Error('x'), { code });

describe('isStoreFailure', () => {
  it.each([
    'ECONNREFUSED',
    'ECONNRESET',
    'ENOTFOUND',
    'ETIMEDOUT',
    '08006',
    '25006',
    '53100',
    '53300',
    '55P03',
    '57014',
    '25P03',
    '25P04',
    '57P01',
    '57P03',
    '58000',
  ])('sees in the code %s that the store is away', (code) => {
    expect(isStoreFailure(withCode(code))).toBe(true);
  });

  it.each([
    '23505',
    '42P01',
    '42601',
    '22P05',
    '40001',
    '25P02',
    'ENOENT',
    'ERR_INVALID_ARG_TYPE',
    '',
    8,
    null,
  ])('does not see it in the code %j', (code) => {
    expect(isStoreFailure(withCode(code))).toBe(false);
  });

  it.each([
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'timeout exceeded when trying to connect',
    'Client has encountered a connection error and is not queryable',
    'Connection is closed.',
    'Query read timeout',
    'Cannot use a pool after calling end on the pool',
    'PGlite is closed',
  ])('knows the message %j', (message) => {
    expect(isStoreFailure(new Error(message))).toBe(true);
  });

  it('looks for the cause, and among several', () => {
    expect(isStoreFailure(new Error('Failed query', { cause: withCode('ECONNRESET') }))).toBe(true);
    expect(isStoreFailure(new AggregateError([new Error('a'), withCode('ECONNREFUSED')]))).toBe(true);
    expect(isStoreFailure(new Error('Failed query', { cause: withCode('23505') }))).toBe(false);
  });

  it('comes to an end where causes run in a circle', () => {
    const error = new Error('a');
    error.cause = error;
    expect(isStoreFailure(error)).toBe(false);
  });

  it.each([undefined, null, 'ECONNREFUSED', { code: 'ECONNREFUSED' }])(
    'is never %j, which is no error',
    (thrown) => {
      expect(isStoreFailure(thrown)).toBe(false);
    },
  );
});
