import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { UnavailableError } from '../common/errors/latchkey-error.js';
import { RefusedWrites } from '../common/errors/refused-writes.js';
import type { DatabaseConnection } from '../database/database.js';
import type { RedisConnection } from '../redis/redis-connection.js';
import { WriteProbe } from './write-probe.js';

const failing = (code: string) => Object.assign(new Error('refused'), { code });

describe('WriteProbe', () => {
  let refused: RefusedWrites;

  beforeEach(() => {
    Logger.overrideLogger(false);
    jest.useFakeTimers();
    refused = new RefusedWrites();
    refused.note(failing('53100'));
  });
  afterEach(() => void jest.useRealTimers());

  /** Of a database in which each write fails so. */
  function probeOf(code: string): WriteProbe {
    const database: Pick<DatabaseConnection, 'transaction'> = {
      transaction: () => Promise.reject(failing(code)),
    };
    const redis: Pick<RedisConnection, 'client'> = { client: undefined };
    return new WriteProbe(refused, database as DatabaseConnection, redis as RedisConnection);
  }

  it('leaves it to a write of a request, half a minute after the last refusal, where the role may make no table', async () => {
    const probe = probeOf('42501');
    await expect(probe.database()).rejects.toThrow(UnavailableError);
    jest.advanceTimersByTime(20_000);
    refused.note(failing('53100'));
    jest.advanceTimersByTime(29_000);
    await expect(probe.database()).rejects.toThrow(UnavailableError);
    jest.advanceTimersByTime(2_000);
    await expect(probe.database()).resolves.toBeUndefined();
    expect(refused.has('The database')).toBe(false);
  });

  it('waits for a write that succeeds where the role may make one', async () => {
    const probe = probeOf('53100');
    jest.advanceTimersByTime(120_000);
    await expect(probe.database()).rejects.toThrow(UnavailableError);
  });
});
