import { describe, expect, it } from '@jest/globals';
import { receivedTrace, traceHeaders } from './trace-context.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
const NEW = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-00$/;

const next = (traceparent?: string, tracestate?: string) =>
  traceHeaders(receivedTrace(traceparent, tracestate));

describe('The trace of a call', () => {
  it.each([
    ['01', '01'],
    ['00', '00'],
    // What other bits mean is not known: they are not passed on.
    ['ff', '01'],
    ['02', '00'],
  ])('goes on with a parent id of its own (flags %s)', (flags, passedOn) => {
    const [, version, trace, parent, sampled] =
      /^(..)-(.{32})-(.{16})-(..)$/.exec(next(`00-${TRACE}-${PARENT}-${flags}`)['traceparent'] ?? '') ?? [];
    expect([version, trace, sampled]).toEqual(['00', TRACE, passedOn]);
    expect(parent).toMatch(/^(?!0{16})[0-9a-f]{16}$/);
    expect(parent).not.toBe(PARENT);
  });

  it('has another parent id in each call that is made for it', () => {
    const trace = receivedTrace(`00-${TRACE}-${PARENT}-01`, undefined);
    const parents = [traceHeaders(trace), traceHeaders(trace)].map(({ traceparent }) => traceparent);
    expect(new Set(parents).size).toBe(2);
  });

  it.each([`cc-${TRACE}-${PARENT}-01`, `cc-${TRACE}-${PARENT}-01-what-comes-later`])(
    'is understood in a version to come (%s)',
    (traceparent) => {
      expect(next(traceparent)['traceparent']).toContain(`00-${TRACE}-`);
    },
  );

  it.each([
    undefined,
    '',
    TRACE,
    `ff-${TRACE}-${PARENT}-01`,
    `00-${TRACE}-${PARENT}-01-more`,
    `00-${TRACE}-${PARENT}`,
    `00-${TRACE}-${PARENT}-01 `,
    `00-${TRACE}-${PARENT}-01\n`,
    `00-${TRACE.toUpperCase()}-${PARENT}-01`,
    `00-${'0'.repeat(32)}-${PARENT}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE}-${PARENT}-01, 00-${TRACE}-${PARENT}-01`,
    `cc-${TRACE}-${PARENT}-01.more`,
  ])('is a new one where it is not told to the letter (%j)', (traceparent) => {
    const headers = next(traceparent, 'vendor=value');
    expect(headers).toEqual({ traceparent: expect.stringMatching(NEW) });
    expect(headers['traceparent']).not.toContain(TRACE);
  });

  it.each([
    ['vendor=value', 'vendor=value'],
    [' a=1 ,\t b=2,, ', 'a=1,b=2'],
    ['tenant@system=x y', 'tenant@system=x y'],
    ['a_-*/0=!~', 'a_-*/0=!~'],
  ])('brings its state along (%j)', (tracestate, passedOn) => {
    expect(next(`00-${TRACE}-${PARENT}-01`, tracestate)['tracestate']).toBe(passedOn);
  });

  it.each([
    '',
    'Vendor=value',
    'vendor',
    'vendor=',
    'vendor=a=b',
    'vendor=\u00e9',
    'a=1,a=2',
    'a=1\nb=2',
    Array.from({ length: 33 }, (_, index) => `k${index}=1`).join(','),
    `a=${'x'.repeat(257)}`,
  ])('brings no state along that breaks the rules (%j)', (tracestate) => {
    const headers = next(`00-${TRACE}-${PARENT}-01`, tracestate);
    expect(headers).toEqual({ traceparent: expect.stringContaining(TRACE) });
  });

  it('brings 512 characters of state along, whole members without the long ones and the oldest', () => {
    const member = (key: string, length: number) => `${key}=${'x'.repeat(length - key.length - 1)}`;
    const long = member('long', 129);
    const others = ['a', 'b', 'c', 'd', 'e'].map((key) => member(key, 120));
    const state = next(`00-${TRACE}-${PARENT}-01`, [long, ...others].join(','))['tracestate'];
    expect(state).toBe(others.slice(0, 4).join(','));
  });
});
