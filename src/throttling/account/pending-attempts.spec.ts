import { describe, expect, it } from '@jest/globals';
import { UnavailableError } from '../../common/errors/latchkey-error.js';
import { PendingAttempts } from './pending-attempts.js';

describe('PendingAttempts', () => {
  it('lets nothing wait where nothing is pending', () => {
    expect(new PendingAttempts().next('ada', false)).toBeUndefined();
  });

  it('lets one that waits try again when another has ended', async () => {
    const pending = new PendingAttempts();
    pending.begin('ada');
    const waiting = pending.next('ada', false);
    pending.end('ada');

    await expect(waiting).resolves.toBeUndefined();
    expect(pending.next('ada', false)).toBeUndefined();
  });

  it('is not available to very many at once, other accounts apart', () => {
    const pending = new PendingAttempts();
    pending.begin('ada');
    pending.begin('bob');
    for (let waiting = 0; waiting < 128; waiting += 1) void pending.next('ada', false);

    expect(() => pending.next('ada', false)).toThrow(UnavailableError);
    expect(pending.next('bob', false)).toBeInstanceOf(Promise);
    pending.end('ada');
    pending.end('bob');
  });

  it('looks again and again while attempts of other processes are under way', async () => {
    const pending = new PendingAttempts();
    for (let look = 0; look < 3; look += 1) await pending.next('ada', true);
    expect(pending.next('ada', false)).toBeUndefined();
  });

  it('lets all that wait know that there is no room, unless others are being verified here', async () => {
    const pending = new PendingAttempts();
    const all = Promise.all([1, 2, 3].map(async () => pending.next('ada', true)));
    pending.refuse('ada');
    await all;

    pending.begin('ada');
    let woken = false;
    const waiting = pending.next('ada', false)?.then(() => (woken = true));
    pending.refuse('ada');
    await Promise.resolve();
    expect(woken).toBe(false);
    pending.end('ada');
    await waiting;
  });
});
