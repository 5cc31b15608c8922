import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { plainTokenRequestOf } from './plain-token-request.js';

const FORM = 'application/x-www-form-urlencoded';
const BODY = 'grant_type=client_credentials&scope=users%3Aread+audit%3Aread';
const basic = (credentials: string) => `Basic ${btoa(credentials)}`;

interface Sent {
  readonly method?: string;
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
  /** Characters of it that have not come yet. */
  readonly missing?: number;
}

/** A request as Node.js hands it over, plain but for what is said. */
function requestOf({
  method = 'POST',
  url = '/oauth/token',
  headers = {},
  body = BODY,
  missing = 0,
}: Sent = {}) {
  const request = new IncomingMessage(new Socket());
  const length = String(body.length);
  const plain = { authorization: basic('shop:lk_cs_1-_'), 'content-type': FORM, 'content-length': length };
  Object.assign(request, { method, url, headers: { ...plain, ...headers } });
  request.push(Buffer.from(body.slice(0, body.length - missing)));
  return request;
}

const READ = { clientId: 'shop', secret: 'lk_cs_1-_' };

describe('a plain request for a token of the client’s own', () => {
  it.each<[string, Sent, readonly string[]]>([
    ['with scopes', {}, ['users:read', 'audit:read']],
    ['without scopes', { body: 'grant_type=client_credentials' }, []],
    ['with the scope first', { body: 'scope=a&grant_type=client_credentials' }, ['a']],
    ['with a scope twice', { body: 'grant_type=client_credentials&scope=a%20b%20a' }, ['a', 'b']],
    ['in UTF-8', { headers: { 'content-type': `${FORM};charset=UTF-8` } }, ['users:read', 'audit:read']],
  ])('is read: %s', (_what, sent, scopes) => {
    expect(plainTokenRequestOf(requestOf(sent))).toEqual({ ...READ, scopes });
  });

  it('is left as it was for who reads it next', async () => {
    const request = requestOf();
    expect(plainTokenRequestOf(request)).toBeDefined();
    request.push(null);
    expect(await text(request)).toBe(BODY);
  });
});

describe('any other request', () => {
  it('is left to the library: one that is read as text', () => {
    expect(plainTokenRequestOf(requestOf().setEncoding('utf8'))).toBeUndefined();
  });

  it.each<[string, Sent]>([
    ['another method', { method: 'GET' }],
    ['another address', { url: '/oauth/introspect' }],
    ['another spelling of the address', { url: '/oauth/token/' }],
    ['a query', { url: '/oauth/token?scope=a' }],
    ['a proof of a key', { headers: { dpop: 'x' } }],
    ['a page of another origin', { headers: { origin: 'https://shop.example.com' } }],
    ['a compressed body', { headers: { 'content-encoding': 'gzip' } }],
    ['an attestation', { headers: { 'oauth-client-attestation': 'x' } }],
    ['the proof of an attestation', { headers: { 'oauth-client-attestation-pop': 'x' } }],
    ['no type', { headers: { 'content-type': undefined } }],
    ['JSON', { headers: { 'content-type': 'application/json' } }],
    ['another charset', { headers: { 'content-type': `${FORM};charset=utf-7` } }],
    ['no length', { headers: { 'content-length': undefined } }],
    ['a body that has not come whole', { missing: 1 }],
    ['no body', { body: '' }],
    ['a long body', { body: `grant_type=client_credentials&scope=${'a'.repeat(1_024)}` }],
    ['a space in the body', { body: `${BODY} ` }],
    ['a byte that is no character', { body: `${BODY}\u00ff` }],
    ['another grant', { body: 'grant_type=refresh_token&refresh_token=x' }],
    ['no grant', { body: 'scope=a' }],
    ['a grant twice', { body: `${BODY}&grant_type=client_credentials` }],
    ['a scope twice over', { body: `${BODY}&scope=a` }],
    ['an empty scope', { body: 'grant_type=client_credentials&scope=' }],
    ['a scope with a quote', { body: 'grant_type=client_credentials&scope=%22' }],
    ['a scope with two spaces', { body: 'grant_type=client_credentials&scope=a++b' }],
    ['another parameter', { body: `${BODY}&resource=https%3A%2F%2Fapi.example.com` }],
    ['a parameter like a method', { body: `${BODY}&__proto__=a` }],
    ['no credentials', { headers: { authorization: undefined } }],
    ['a bearer token', { headers: { authorization: 'Bearer shop' } }],
    ['two spaces before the credentials', { headers: { authorization: `Basic  ${btoa('shop:x')}` } }],
    ['credentials after others', { headers: { authorization: `${basic('shop:x')} x` } }],
    ['credentials without a colon', { headers: { authorization: basic('shop') } }],
    ['credentials without a secret', { headers: { authorization: basic('shop:') } }],
    ['credentials that are encoded', { headers: { authorization: basic('shop:%41') } }],
    ['a plus in the secret', { headers: { authorization: basic('shop:a+b') } }],
    ['a second colon', { headers: { authorization: basic('shop:a:b') } }],
    [
      'base64 without its padding',
      { headers: { authorization: `Basic ${btoa('shop:12').replace(/=+$/, '')}` } },
    ],
    ['base64 with bits to spare', { headers: { authorization: 'Basic c2hvcDoxMR==' } }],
    ['an id that no client can have', { headers: { authorization: basic('SHOP:x') } }],
    ['the id of Latchkey’s own routes', { headers: { authorization: basic('latchkey:x') } }],
  ])('is left to the library, and as it was: %s', async (_what, sent) => {
    const request = requestOf(sent);
    expect(plainTokenRequestOf(request)).toBeUndefined();
    request.push(null);
    const { body = BODY, missing = 0 } = sent;
    expect(await text(request)).toBe(
      Buffer.from(body)
        .toString()
        .slice(0, body.length - missing),
    );
  });
});
