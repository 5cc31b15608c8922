import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encodePart, withStrayBits } from '../../../test/support/jws.js';
import { parseCompactJws } from './compact-jws.js';

const HEADER = '{"alg":"ES256","typ":"at+jwt","kid":"key-1"}';
const PAYLOAD = '{"sub":"someone"}';
const SIGNATURE = Buffer.alloc(64, 0xab).toString('base64url');

const encode = (part: string | Buffer) => encodePart(part);
const token = (header: string | Buffer, payload: string | Buffer = PAYLOAD) =>
  `${encode(header)}.${encode(payload)}.${SIGNATURE}`;
const VALID = token(HEADER);

describe('parseCompactJws', () => {
  it('reads header and payload', () => {
    expect(parseCompactJws(VALID)).toEqual({
      header: { alg: 'ES256', typ: 'at+jwt', kid: 'key-1' },
      payload: { sub: 'someone' },
    });
  });

  it('reads any payload that JSON.stringify wrote', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), (payload) => {
        const written = JSON.stringify(payload);
        fc.pre(written.length < 4000 && !written.includes('"__proto__":'));
        expect(JSON.stringify(parseCompactJws(token(HEADER, written))?.payload)).toBe(written);
      }),
    );
  });

  it('reads __proto__ where it is a text', () => {
    const payload = { sub: '__proto__', x: '{"__proto__":1}', y: ['"__proto__":'] };

    expect(parseCompactJws(token(HEADER, JSON.stringify(payload)))?.payload).toEqual(payload);
  });

  describe('refuses a header', () => {
    it.each([
      ['without alg', '{"typ":"at+jwt","kid":"key"}'],
      ['without typ', '{"alg":"ES256","kid":"key"}'],
      ['without kid', '{"alg":"ES256","typ":"at+jwt"}'],
      ['with nothing', '{}'],
      ['with alg that is no text', '{"alg":["ES256"],"typ":"at+jwt","kid":"key"}'],
      ['with typ that is no text', '{"alg":"ES256","typ":null,"kid":"key"}'],
      ['with kid that is no text', '{"alg":"ES256","typ":"at+jwt","kid":1}'],
      ['with an embedded key (jwk)', withMember('"jwk":{"kty":"oct","k":"AA"}')],
      ['with a key set address (jku)', withMember('"jku":"https://example.com"')],
      ['with a certificate address (x5u)', withMember('"x5u":"https://example.com"')],
      ['with a certificate (x5c)', withMember('"x5c":["AA"]')],
      ['with a certificate thumbprint (x5t)', withMember('"x5t":"AA"')],
      ['with critical extensions (crit)', withMember('"crit":["exp"],"exp":1')],
      ['with an empty crit', withMember('"crit":[]')],
      ['with an unencoded payload (b64)', withMember('"b64":false')],
      ['with b64 and crit', withMember('"b64":false,"crit":["b64"]')],
      ['with compression (zip)', withMember('"zip":"DEF"')],
      ['with encryption (enc)', withMember('"enc":"A256GCM"')],
      ['with a content type (cty)', withMember('"cty":"JWT"')],
      ['with __proto__', withMember('"__proto__":{"alg":"none"}')],
      ['with __proto__ null', withMember('"__proto__":null')],
      ['with constructor', withMember('"constructor":1')],
      ['whose members are inherited', '{"__proto__":{"alg":"ES256","typ":"at+jwt","kid":"key"}}'],
      ['with alg twice', '{"alg":"none","alg":"ES256","typ":"at+jwt","kid":"key"}'],
      ['with kid twice, the same', withMember('"kid":"key-1"')],
      ['with alg twice, once escaped', withMember(String.raw`"\u0061lg":"ES256"`)],
      ['with an escape that is not needed', HEADER.replace('ES256', String.raw`\u0045S256`)],
      ['with an escaped solidus', HEADER.replace('at+jwt', String.raw`a\/b`)],
      ['with white space between members', HEADER.replaceAll(',', ', ')],
      ['with white space before', ` ${HEADER}`],
      ['with a line end after', `${HEADER}\n`],
      ['with a byte order mark', `\uFEFF${HEADER}`],
      ['with a trailing comma', HEADER.replace('}', ',}')],
      ['with a comment', `${HEADER}/**/`],
      ['with single quotes', HEADER.replaceAll('"', "'")],
      ['with a NUL after', `${HEADER}\0`],
      ['that is an array', '["ES256","at+jwt","key"]'],
      ['that is null', 'null'],
      ['that is a text', '"ES256"'],
      ['that is a number', '1'],
      ['that is cut off', HEADER.slice(0, -1)],
      ['that is empty', ''],
    ])('%s', (_, header) => {
      expect(parseCompactJws(token(header))).toBeUndefined();
    });
  });

  describe('refuses a payload', () => {
    it.each([
      ['with a member twice', '{"sub":"a","sub":"b"}'],
      ['with a member twice, deep inside', '{"sub":"a","act":{"sub":"a","sub":"b"}}'],
      ['with an infinite number', '{"exp":1e999}'],
      ['with a number in a second form: 1.0', '{"exp":1.0}'],
      ['with a number in a second form: 1e3', '{"exp":1e3}'],
      ['with a number that is not exact', '{"exp":9007199254740993}'],
      ['with minus zero', '{"exp":-0}'],
      ['with white space', '{"sub": "a"}'],
      ['with an escape that is not needed', String.raw`{"sub":"\u0061"}`],
      ['with __proto__', '{"sub":"a","__proto__":{}}'],
      ['with __proto__ within a claim', '{"sub":"a","x":[{"y":{"__proto__":null}}]}'],
      ['that is no UTF-8', Buffer.concat([Buffer.from('{"sub":"'), Buffer.of(0xff), Buffer.from('"}')])],
      ['that is an array', '[]'],
      ['that is null', 'null'],
      ['that is a text', '"a"'],
      ['that is no JSON', '{sub:1}'],
      ['that is followed by another', '{}{}'],
    ])('%s', (_, payload) => {
      expect(parseCompactJws(token(HEADER, payload))).toBeUndefined();
    });
  });

  describe('refuses the form', () => {
    const [header = '', payload = '', signature = ''] = VALID.split('.');

    it.each([
      ['empty', ''],
      ['dots alone', '..'],
      ['one part', header],
      ['two parts', `${header}.${payload}`],
      ['four parts', `${VALID}.${signature}`],
      ['five parts, as in a JWE', `${VALID}.${signature}.${signature}`],
      ['a trailing dot', `${VALID}.`],
      ['a leading dot', `.${VALID}`],
      ['an empty header', `.${payload}.${signature}`],
      ['an empty payload', `${header}..${signature}`],
      ['an empty signature', `${header}.${payload}.`],
      ['a space before', ` ${VALID}`],
      ['a space after', `${VALID} `],
      ['a line end after', `${VALID}\n`],
      ['a line end within', VALID.replace('.', '\n.')],
      ['a tab after a part', VALID.replace('.', '\t.')],
      ['a NUL after', `${VALID}\0`],
      ['padding after the header', VALID.replace('.', '=.')],
      ['padding after the signature', `${VALID}==`],
      ['the alphabet of plain base64', `${header}.${payload}.${signature.slice(0, -4)}+/+/`],
      ['a letter outside ASCII', `${header}.${payload}.${signature.slice(0, -1)}ä`],
      ['a full-width dot', VALID.replaceAll('.', '．')],
      ['the JSON serialisation', JSON.stringify({ protected: header, payload, signature })],
      ['Bearer before', `Bearer ${VALID}`],
      ['a part of 4n + 1 characters', `${header}.${payload}.${signature.slice(0, 85)}`],
    ])('%s', (_, text) => {
      expect(parseCompactJws(text)).toBeUndefined();
    });

    // Of a part's last character, two or four bits may be left over.
    it.each([
      ['header', `${withStrayBits(encode(HEADER))}.${payload}.${signature}`, HEADER],
      ['payload', `${header}.${withStrayBits(payload)}.${signature}`, PAYLOAD],
      ['signature', `${header}.${payload}.${withStrayBits(signature)}`, Buffer.alloc(64)],
    ])('stray bits at the end of the %s', (_, text, bytes) => {
      expect(Buffer.byteLength(bytes) % 3).not.toBe(0);
      expect(text).toHaveLength(VALID.length);
      expect(parseCompactJws(text)).toBeUndefined();
    });
  });

  it('accepts 8191 characters and not one more', () => {
    const payload = encode(`{"sub":"${'x'.repeat(3002)}"}`);
    const rest = 8191 - encode(HEADER).length - payload.length - 2;
    // A multiple of four, plus two: a length that base64url can have, and so has the next one.
    const signature = 'A'.repeat(rest);
    expect(rest % 4).toBe(2);

    expect(parseCompactJws(`${encode(HEADER)}.${payload}.${signature}`)).toBeDefined();
    expect(parseCompactJws(`${encode(HEADER)}.${payload}.${signature}A`)).toBeUndefined();
    expect(parseCompactJws(`${encode(HEADER)}.${payload}.${signature.slice(1)}A`)).toBeDefined();
  });

  it('never throws, whatever the text', () => {
    const part = fc.oneof(
      fc.string({ unit: 'binary' }).map(encode),
      fc.json().map(encode),
      fc.string(),
      fc.constantFrom(...VALID.split('.')),
    );
    const joined = fc.array(part, { maxLength: 5 }).map((parts) => parts.join('.'));

    fc.assert(
      fc.property(fc.oneof(joined, fc.string({ unit: 'binary' })), (text) => {
        expect(() => parseCompactJws(text)).not.toThrow();
      }),
      { numRuns: 1000 },
    );
  });

  it('does not overflow the stack on deep nesting', () => {
    const depth = 2900;

    expect(() => parseCompactJws(token(HEADER, '['.repeat(depth) + ']'.repeat(depth)))).not.toThrow();
    expect(() => parseCompactJws(token(HEADER, '{"a":'.repeat(1100)))).not.toThrow();
  });

  it('accepts one spelling only: any other character anywhere gives other content or nothing', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.= \n';
    const parsed = parseCompactJws(VALID);
    const lastDot = VALID.lastIndexOf('.');

    fc.assert(
      fc.property(fc.nat(lastDot), fc.constantFrom(...alphabet.split('')), (position, character) => {
        fc.pre(VALID[position] !== character);
        const other = VALID.slice(0, position) + character + VALID.slice(position + 1);
        expect(parseCompactJws(other)).not.toEqual(parsed);
      }),
      { numRuns: 500 },
    );
  });
});

function withMember(member: string): string {
  return HEADER.replace('}', `,${member}}`);
}
