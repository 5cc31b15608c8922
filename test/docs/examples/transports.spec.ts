import { describe, expect, it } from '@jest/globals';
import { LatchkeyModule } from 'latchkey';
import { allTransports } from './transports.js';

describe('The example of transports', () => {
  it('is what LatchkeyModule takes', () => {
    expect(allTransports.transports?.map(({ type }) => type)).toEqual(['rpc', 'graphql', 'ws']);
    expect(() => LatchkeyModule.forRoot(allTransports)).not.toThrow();
  });
});
