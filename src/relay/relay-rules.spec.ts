import { describe, expect, it } from '@jest/globals';
import { problemsOfRelay } from './relay-options.js';
import { RelayRules } from './relay-rules.js';

const NAMES = [
  'https://billing.internal',
  'https://Port.Internal:8443/',
  'https://bücher.example',
  'https://[2001:DB8::1]:9443',
  'http://127.0.0.1:3001',
  'http://localhost:3002',
  'grpcs://stock.internal:50051',
  'grpc://localhost:50052',
  'grpc://[::1]:80',
  'unix:/run/stock.sock',
];

describe('The rules of a relay', () => {
  const rules = new RelayRules({ service: 'orders', to: NAMES });
  const refusal = { name: 'RelayRefusedError', code: 'RELAY_HOST_NOT_NAMED' };

  it.each([
    'https://billing.internal/invoices?of=me#1',
    'https://billing.internal:443/',
    'https://BILLING.internal/',
    'https://port.internal:8443/x',
    'https://xn--bcher-kva.example/',
    'https://b\u00fccher.example/',
    'https://[2001:db8:0::1]:9443/',
    'http://127.0.0.1:3001/',
    'http://2130706433:3001/',
    'http://localhost:3002/',
  ])('let a token go to a host that is named: %s', (url) => {
    expect(() => rules.requireUrl(new URL(url))).not.toThrow();
  });

  it.each([
    'http://billing.internal/',
    'https://billing.internal:8443/',
    'https://billing.internal.evil.example/',
    'https://evil.example/https://billing.internal',
    'https://evil.example/?https://billing.internal/',
    'https://evil.example#@billing.internal/',
    'https://billing.internal@evil.example/',
    'https://user@billing.internal/',
    'https://user:pass@billing.internal/',
    'https://:pass@billing.internal/',
    'https://evil.example\\@billing.internal/',
    'https://billing.internal./',
    'https://sub.billing.internal/',
    'https://billinginternal/',
    'https://xn--bcher-kva.example:8443/',
    'https://b\u0435cher.example/',
    'https://[2001:db8::2]:9443/',
    'https://[::1]:9443/',
    'http://127.0.0.1:3002/',
    'http://127.0.0.2:3001/',
    'http://[::1]:3002/',
    'https://localhost:3002/',
    'grpcs://stock.internal:50051',
    'ftp://billing.internal/',
    'file:///run/stock.sock',
    'data:text/plain,https://billing.internal',
    'blob:https://billing.internal/1',
  ])('let none go elsewhere: %s', (url) => {
    expect(() => rules.requireUrl(new URL(url))).toThrow(expect.objectContaining(refusal));
  });

  it.each([
    'dns:stock.internal:50051',
    'dns:///stock.internal:50051',
    'dns:STOCK.internal:50051',
    'dns:localhost:50052',
    'ipv6:[::1]:80',
    'dns:[::1]:80',
    'unix:/run/stock.sock',
    'unix:///run/stock.sock',
  ])('let a token go to a client of gRPC that leads to a host that is named: %s', (target) => {
    expect(() => rules.requireChannel(target, true)).not.toThrow();
  });

  it.each([
    '',
    'unknown',
    'dns:stock.internal',
    'dns:stock.internal:50052',
    'dns:stock.internal.:50051',
    'dns://8.8.8.8/stock.internal:50051',
    'dns:user@stock.internal:50051',
    'dns:evil.example/stock.internal:50051',
    'xds:stock.internal:50051',
    'ipv4:10.0.0.1:50051,10.0.0.2:50051',
    'ipv6:[::2]:80',
    'unix:/run/other.sock',
    'unix:run/stock.sock',
    'unix-abstract:/run/stock.sock',
    'dns:billing.internal:443',
  ])('let none go to another client of gRPC: %s', (target) => {
    expect(() => rules.requireChannel(target, true)).toThrow(expect.objectContaining(refusal));
  });

  it('let a token go unencrypted only to clients of gRPC that no grpcs:// names', () => {
    const open = ['dns:localhost:50052', 'ipv6:[::1]:80', 'unix:/run/stock.sock'];
    for (const target of open) expect(() => rules.requireChannel(target, false)).not.toThrow();
    for (const target of ['dns:stock.internal:50051', 'dns:STOCK.internal:50051'])
      expect(() => rules.requireChannel(target, false)).toThrow(
        expect.objectContaining({ ...refusal, code: 'RELAY_WITHOUT_TLS' }),
      );
    const either = new RelayRules({ service: 'orders', to: ['GRPCS://localhost:1', 'grpc://localhost:1'] });
    expect(() => either.requireChannel('dns:localhost:1', false)).not.toThrow();
    const tls = new RelayRules({ service: 'orders', to: ['GRPCS://localhost:1'] });
    expect(() => tls.requireChannel('dns:localhost:1', false)).toThrow('grpcs://');
  });

  it('say which host was meant, and no more of the address', () => {
    const secret = 'https://user:pass@evil.example:8443/path?token=secret#secret';
    expect(() => rules.requireUrl(new URL(secret))).toThrow(
      'The identity of a caller is not sent to https://evil.example:8443: relay.to does not name it.',
    );
  });
});

describe('The option relay', () => {
  it('may be left out, and may name hosts', () => {
    expect(problemsOfRelay(undefined)).toEqual([]);
    expect(problemsOfRelay({ service: 'orders' })).toEqual([]);
    expect(problemsOfRelay({ service: 'orders', to: NAMES })).toEqual([]);
    const within = ['http://billing.internal', 'grpc://stock.internal:50051'];
    expect(problemsOfRelay({ service: 'orders', to: within, allowHttp: true })).toEqual([]);
  });

  it.each([
    'billing.internal',
    '*',
    'https://*.internal',
    'https://',
    'https://user@billing.internal',
    'https://billing.internal/path',
    'https://billing.internal/?',
    'https://billing.internal#',
    'http://billing.internal',
    'http://localhost.evil.example',
    'http://127.0.0.1.evil.example',
    'grpc://stock.internal:50051',
    'grpcs://stock.internal',
    'grpcs://user@stock.internal:50051',
    'grpcs://stock.internal:50051/path',
    'grpcs://stock.internal:99999',
    'unix:run/stock.sock',
    'ftp://billing.internal',
    'javascript:alert(1)',
    '',
    42,
    null,
  ])('names no host that it does not know to be safe: %j', (name) => {
    expect(problemsOfRelay({ service: 'orders', to: [name] })).toEqual([
      expect.stringMatching(/^relay\.to\[0\] must be an address such as https:/),
    ]);
  });

  it.each([
    [true, /^relay must be an object/],
    [{}, /^relay\.service must be a name/],
    [{ service: 'a,b' }, /^relay\.service must be a name/],
    [{ service: 'x'.repeat(65) }, /^relay\.service must be a name/],
    [{ service: 'orders', to: 'https://billing.internal' }, /^relay\.to must be a list/],
    [{ service: 'orders', allowHttp: 'yes' }, /^relay\.allowHttp must be true or false/],
    [{ service: 'orders', hosts: [] }, /^relay\.hosts is no option; there are service, to, allowHttp/],
  ])('says what is wrong with it: %j', (relay, problem) => {
    expect(problemsOfRelay(relay)).toEqual([expect.stringMatching(problem)]);
  });
});
