import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { OpenCalls } from '../access/transports/open-calls.js';
import { RequestTokens } from '../access/request-tokens.js';
import { tokenOf, underTest, verifyAnew } from '../../test/support/verifier-under-test.js';
import { IoSocketGate } from './io-socket-gate.js';
import { SocketAdmission } from './socket-admission.js';
import type { IoSocket } from './socket-clients.js';

class FakeSocket extends EventEmitter implements IoSocket {
  connected = true;
  readonly handshake = { auth: {}, headers: {} };
  readonly request = { method: 'GET', url: '/socket.io', headers: {} };

  disconnect(): void {
    this.connected = false;
    this.emit('disconnect');
  }
}

describe('A connection of socket.io that may be without a token', () => {
  verifyAnew();
  let calls: OpenCalls;
  let socket: FakeSocket;

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    calls = new OpenCalls(underTest.verifier);
    const { verifier, bound } = underTest;
    const parts = { verifier, bound, tokens: new RequestTokens(), calls };
    const admission = new SocketAdmission(parts, undefined, false);
    socket = new FakeSocket();
    new IoSocketGate(admission, true).attend(socket);
  });
  afterEach(() => calls.onApplicationShutdown());

  const told = async (after: () => void, token = tokenOf()) => {
    const answers: unknown[] = [];
    socket.emit('authenticate', { token }, (answer: unknown) => {
      if (!socket.connected) throw new Error('The socket is gone.');
      answers.push(answer);
    });
    after();
    await jest.advanceTimersByTimeAsync(0);
    return answers;
  };

  it('is watched from when it hands one in', async () => {
    expect(await told(() => {})).toEqual([{ expiresAt: expect.any(String) }]);
    expect(jest.getTimerCount()).toBe(1);
    socket.disconnect();
    expect(jest.getTimerCount()).toBe(0);
  });

  it.each([
    ['a good one', () => tokenOf()],
    ['a bad one', () => 'rubbish'],
  ])('is neither told nor watched where it has gone before %s is looked at', async (_what, token) => {
    expect(await told(() => socket.disconnect(), token())).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });
});
