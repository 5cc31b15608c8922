import { EventEmitter } from 'node:events';
import { constants } from 'node:http2';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { closeUnlessEnded } from './close-unless-ended.js';

const GRACE = 250;

/** A call of grpc-js, as far as it is reached into. */
class Call extends EventEmitter {
  readonly messages: unknown[] = [];

  constructor(readonly call: unknown) {
    super();
  }

  push(message: unknown): boolean {
    this.messages.push(message);
    return true;
  }

  read(): unknown {
    return this.messages.shift();
  }
}

describe('A call that is about to be given its status', () => {
  const logged: unknown[] = [];

  beforeEach(() => {
    jest.useFakeTimers();
    Logger.overrideLogger({ log: () => {}, warn: () => {}, error: (message) => void logged.push(message) });
  });
  afterEach(() => void jest.useRealTimers());

  it.each([
    ['itself', (stream: object) => ({ stream })],
    ['below an interceptor', (stream: object) => ({ nextCall: { stream } })],
  ])('has its stream, which it holds %s, reset unless it has ended before', (_where, layer) => {
    const [open, ended] = [{ close: jest.fn() }, { close: jest.fn() }];
    closeUnlessEnded(new Call(layer(open)));
    const over = new Call(layer(ended));
    closeUnlessEnded(over);
    over.emit('cancelled');
    jest.advanceTimersByTime(GRACE);
    expect(open.close).toHaveBeenCalledWith(constants.NGHTTP2_CANCEL);
    expect(ended.close).not.toHaveBeenCalled();
  });

  it.each([
    ['none', undefined],
    ['one of another kind', { stream: { end: () => {} } }],
    ['a text in its place', { nextCall: 'hidden' }],
    ['a chain that ends', { call: { nextCall: null } }],
  ])('gets no further message where grpc-js has %s, which is logged once', (_what, layer) => {
    const call = new Call(layer);
    closeUnlessEnded(call);
    expect(() => jest.advanceTimersByTime(GRACE)).not.toThrow();
    expect(call.push('late')).toBe(false);
    expect(call.read()).toBeNull();
    expect(logged).toEqual([expect.stringContaining('@grpc/grpc-js')]);
  });
});
