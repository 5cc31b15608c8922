import { describe, expect, it } from '@jest/globals';
import { UnavailableError } from '../../common/errors/latchkey-error.js';
import { PendingAttempts } from './pending-attempts.js';

describe('PendingAttempts', () => {
  it('lets nothing wait where nothing is pending', () => {
    expect(new PendingAttempts().next('ada')).toBeUndefined();
  });

  it('lets one that waits try again when another has ended', async () => {
    const pending = new PendingAttempts();
    pending.begin('ada');
    const waiting = pending.next('ada');
    pending.end('ada');

    await expect(waiting).resolves.toBeUndefined();
    expect(pending.next('ada')).toBeUndefined();
  });

  it('is not available to very many at once, other accounts apart', () => {
    const pending = new PendingAttempts();
    pending.begin('ada');
    pending.begin('bob');
    for (let waiting = 0; waiting < 64; waiting += 1) void pending.next('ada');

    expect(() => pending.next('ada')).toThrow(UnavailableError);
    expect(pending.next('bob')).toBeInstanceOf(Promise);
    pending.end('ada');
    pending.end('bob');
  });
});
