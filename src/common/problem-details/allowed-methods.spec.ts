import { describe, expect, it } from '@jest/globals';
import { AllowedMethods } from './allowed-methods.js';

describe('AllowedMethods', () => {
  const methods = new AllowedMethods();
  methods.add('POST', '/api/orders');
  methods.add('GET', '/api/orders');
  methods.add('GET', '/api/orders');
  methods.add('DELETE', '/api/orders/:id');
  methods.add('PUT', '/api/orders/:id/lines/:line');
  methods.add('GET', '/.well-known/jwks.json');
  methods.add('GET', '/docs/*');

  it('lists the methods of an address once each, in alphabetical order', () => {
    expect(methods.of('/api/orders')).toEqual(['GET', 'POST']);
  });

  it('ignores the query', () => {
    expect(methods.of('/api/orders?page=2')).toEqual(['GET', 'POST']);
    expect(methods.of('/api/orders/7?a=/b')).toEqual(['DELETE']);
  });

  it('takes a parameter for exactly one segment', () => {
    expect(methods.of('/api/orders/7')).toEqual(['DELETE']);
    expect(methods.of('/api/orders/7/lines/1')).toEqual(['PUT']);
    expect(methods.of('/api/orders/7/lines')).toEqual([]);
    expect(methods.of('/api/orders/7/lines/1/2')).toEqual([]);
  });

  it('takes a dot for a dot', () => {
    expect(methods.of('/.well-known/jwks.json')).toEqual(['GET']);
    expect(methods.of('/xwell-known/jwksxjson')).toEqual([]);
  });

  it.each(['/', '', '/api', '/api/order', '/api/ordersx', '/x/api/orders', '/docs/x', '/docs/*'])(
    'knows nothing of %j',
    (url) => {
      expect(methods.of(url)).toEqual([]);
    },
  );

  it('takes a slash at the end for another address, as the router does', () => {
    expect(methods.of('/api/orders/')).toEqual([]);
  });
});
