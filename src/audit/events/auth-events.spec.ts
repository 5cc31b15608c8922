import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { AuditEvent } from '../audit-event.js';
import { type AuthEvent, toAuthEvent } from './auth-event.js';
import { AuthEvents, UNFINISHED_MAX } from './auth-events.js';

const NOW = new Date('2026-01-31T12:00:00Z');
const REGISTERED: AuditEvent = {
  type: 'user.registered',
  actor: { kind: 'user', id: 'u1' },
  subject: 'u1',
  client: { ip: '203.0.113.7', userAgent: 'curl', requestId: 'r1' },
};
const registered = () => toAuthEvent(REGISTERED, NOW);

describe('AuthEvents', () => {
  let events: AuthEvents;
  let complaints: string[];

  beforeEach(() => {
    events = new AuthEvents();
    complaints = [];
    for (const level of ['warn', 'error'] as const)
      jest
        .spyOn(Logger.prototype, level)
        .mockImplementation((line: unknown) => void complaints.push(JSON.stringify(line)));
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  const publish = async (...published: AuthEvent[]) => {
    for (const event of published) events.publish(event);
    await nextTurn();
  };

  it('tells listeners of the types they asked for, in order, and not before the caller has gone on', async () => {
    const told: string[] = [];
    events.on('user.registered', ({ subject }) => told.push(`one ${subject.toUpperCase()}`));
    events.on(['login.succeeded', 'user.deleted'], ({ type }) => told.push(type));
    events.onAny(({ type }) => told.push(`any ${type}`));
    events.publish(registered());
    expect(told).toEqual([]);
    await publish(toAuthEvent({ ...REGISTERED, type: 'user.deleted' }, NOW));
    expect(told).toEqual(['one U1', 'any user.registered', 'user.deleted', 'any user.deleted']);
  });

  it('tells a listener nothing more once its subscription is ended', async () => {
    const told: string[] = [];
    const end = events.on('user.registered', ({ type }) => told.push(type));
    await publish(registered());
    end();
    await publish(registered());
    expect([told, events.hears('user.registered')]).toEqual([['user.registered'], false]);
  });

  it('goes on after a listener that throws, rejects or never resolves, and logs without parameters', async () => {
    const told: string[] = [];
    events.on('user.registered', () => {
      throw new Error('thrown\nparams: secret');
    });
    events.on('user.registered', () => Promise.reject(new Error('rejected')));
    events.on('user.registered', () => new Promise(() => undefined));
    events.on('user.registered', ({ type }) => told.push(type));
    await publish(registered(), registered());
    expect(told).toHaveLength(2);
    expect(complaints.filter((line) => line.includes('A listener of user.registered failed'))).toHaveLength(
      4,
    );
    expect(complaints.join()).toMatch(/r1/);
    expect(complaints.join()).not.toMatch(/secret/);
  });

  it('begins what is only thenable, as builders of queries are', async () => {
    const begun = jest.fn((resolve: (value: unknown) => void) => resolve(undefined));
    // oxlint-disable-next-line unicorn/no-thenable -- as a builder of queries is
    events.on('user.registered', () => ({ then: begun }));
    await publish(registered());
    expect(begun).toHaveBeenCalledTimes(1);
  });

  it('keeps events from a listener whose calls never end, says so once, and goes on when one has ended', async () => {
    const ends: (() => void)[] = [];
    events.on('user.registered', () => new Promise<void>((resolve) => ends.push(resolve)));
    await publish(...Array.from({ length: UNFINISHED_MAX + 2 }, registered));
    expect([ends.length, complaints.length]).toEqual([UNFINISHED_MAX, 1]);
    ends[0]?.();
    await nextTurn();
    await publish(registered());
    expect([ends.length, complaints.length]).toEqual([UNFINISHED_MAX + 1, 1]);
  });

  it('tells what is waiting before a shutdown, and waits for listeners that come to an end', async () => {
    const told: string[] = [];
    events.on('user.registered', async ({ type }) => {
      await sleep(5);
      told.push(type);
    });
    events.publish(registered());
    await events.onApplicationShutdown();
    expect(told).toEqual(['user.registered']);
  });
});

describe('An AuthEvent', () => {
  it('is frozen, and has nothing of the client but where it is and which request it made', () => {
    const client = { ...REGISTERED.client, language: 'de', gone: new AbortController().signal };
    const event = toAuthEvent({ ...REGISTERED, client } as AuditEvent, NOW);
    expect(event).toEqual({
      ...REGISTERED,
      outcome: 'success',
      occurredAt: NOW,
      sessionId: null,
      details: {},
    });
    expect([event, event.details, event.actor, event.client].every(Object.isFrozen)).toBe(true);
  });

  it('of something that was tried in vain has a name that no listener takes for its success', () => {
    const details = { reason: 'invalid_token' };
    const event = toAuthEvent({ ...REGISTERED, subject: null, outcome: 'failure', details }, NOW);
    expect(event).toMatchObject({
      type: 'attempt.refused',
      details: { attempted: 'user.registered', reason: 'invalid_token' },
    });
  });

  it('is not made of a record that lacks what its type promises', () => {
    expect(() => toAuthEvent({ ...REGISTERED, subject: null }, NOW)).toThrow(
      'user.registered was recorded without subject',
    );
  });
});
