import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { AuditEvent } from '../../audit/audit-event.js';
import { AuditSink } from '../../audit/audit-sink.js';
import { RefusalLog } from '../../audit/refusal-log.js';
import { ManualClock } from '../../../test/integration/manual-clock.js';
import { AuditedRateLimits, RECORDED_A_MINUTE } from './audited-rate-limits.js';

const MINUTE = 60_000;

class ListedEvents extends AuditSink {
  readonly events: AuditEvent[] = [];

  override record(event: AuditEvent): Promise<void> {
    this.events.push(event);
    return Promise.resolve();
  }
}

describe('the audit of spent quotas', () => {
  let clock: ManualClock;
  let refusals: RefusalLog;
  let sink: ListedEvents;
  let audited: AuditedRateLimits;
  let warned: jest.Spied<Logger['warn']>;

  beforeEach(() => {
    clock = new ManualClock();
    sink = new ListedEvents();
    refusals = new RefusalLog(sink, clock);
    audited = new AuditedRateLimits(refusals, clock);
    warned = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
  });

  afterEach(() => {
    jest.restoreAllMocks();
  });

  const spend = (site: string, counter = 'login') =>
    audited.quotaSpent({
      counter,
      site,
      resetSeconds: 60,
      client: { ip: site, userAgent: null, language: null, requestId: null },
    });

  const recorded = async () => {
    await refusals.onApplicationShutdown();
    return sink.events;
  };

  it('has each address and counter once in a window', async () => {
    for (let time = 0; time < 10; time += 1) {
      spend('10.0.0.1');
      spend('10.0.0.1', 'register');
      spend('10.0.0.2');
    }
    expect((await recorded()).map(({ client, details }) => [client?.ip, details?.reason])).toEqual([
      ['10.0.0.1', 'login'],
      ['10.0.0.1', 'register'],
      ['10.0.0.2', 'login'],
    ]);
    clock.advance(60_000);
    spend('10.0.0.1');
    expect(await recorded()).toHaveLength(4);
  });

  it('has so many addresses a minute at most, and says once that there are more', async () => {
    const flood = (network: number) => {
      for (let each = 0; each < 3 * RECORDED_A_MINUTE; each += 1) spend(`10.${network}.0.${each}`);
    };
    flood(1);
    flood(2);
    expect(await recorded()).toHaveLength(RECORDED_A_MINUTE);
    expect(warned).toHaveBeenCalledTimes(RECORDED_A_MINUTE + 1);
    clock.advance(MINUTE);
    flood(3);
    expect(await recorded()).toHaveLength(2 * RECORDED_A_MINUTE);
  });
});
