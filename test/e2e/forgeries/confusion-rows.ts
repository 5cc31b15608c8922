import { createHash, type KeyObject } from 'node:crypto';
import { ASYMMETRIC, ECDSA, RSA, type Row, row } from './forge.js';

type PublicKeyForm = [string, (key: KeyObject) => string | Buffer, ('RSA' | 'EC')?];

const PUBLIC_KEY_FORMS: PublicKeyForm[] = [
  ['PEM', pem],
  ['PEM without its last line end', (key) => pem(key).trimEnd()],
  ['PEM with CRLF', (key) => pem(key).replaceAll('\n', '\r\n')],
  ['PEM on one line', (key) => pem(key).replaceAll('\n', '')],
  [String.raw`PEM with \n written out`, (key) => pem(key).replaceAll('\n', String.raw`\n`)],
  ['the base64 within PEM', (key) => der(key).toString('base64')],
  ['DER', der],
  ['the hexadecimal digits of DER', (key) => der(key).toString('hex')],
  ['PKCS #1 PEM', (key) => key.export({ format: 'pem', type: 'pkcs1' }), 'RSA'],
  ['PKCS #1 DER', (key) => key.export({ format: 'der', type: 'pkcs1' }), 'RSA'],
  ['JWK', (key) => JSON.stringify(key.export({ format: 'jwk' }))],
  ['JWK with its members in order', orderedJwk],
  ['the thumbprint of the JWK', (key) => createHash('sha256').update(orderedJwk(key)).digest()],
  ['the modulus', (key) => member(key, 'n'), 'RSA'],
  ['the modulus in base64url', (key) => key.export({ format: 'jwk' }).n ?? '', 'RSA'],
  [
    'the uncompressed point',
    (key) => Buffer.concat([Buffer.of(4), member(key, 'x'), member(key, 'y')]),
    'EC',
  ],
  ['the compressed point', compressedPoint, 'EC'],
  ['the x coordinate', (key) => member(key, 'x'), 'EC'],
  ['the x coordinate in base64url', (key) => key.export({ format: 'jwk' }).x ?? '', 'EC'],
];

const GUESSES = ['', 'secret', 'null', 'undefined', '0'.repeat(64), 'your-256-bit-secret'];
const MACS = ['HS256', 'HS384', 'HS512'];

/** RSA or ECDSA taken for HMAC, with the public key as the secret; and guessed secrets. */
export const CONFUSION_ROWS: readonly Row[] = [
  ...PUBLIC_KEY_FORMS.map(([form, secretOf, kind]) =>
    row(
      `a MAC with the public key as the secret: ${form}`,
      (forge) => {
        const { publicKey } = forge;
        if (!publicKey) throw new Error('A shared secret has no public key.');
        const secret = secretOf(publicKey);
        return [
          ...MACS.map((alg) => forge.maced(secret, alg)),
          // The server's own alg, in case the key alone decides.
          forge.maced(secret, 'HS256', { alg: forge.alg }),
        ];
      },
      { only: kind === 'RSA' ? RSA : kind === 'EC' ? ECDSA : ASYMMETRIC },
    ),
  ),
  ...GUESSES.map((secret) =>
    row(`a MAC with ${JSON.stringify(secret)} as the secret`, (forge) =>
      MACS.map((alg) => forge.maced(secret, alg)),
    ),
  ),
  row('a MAC with the kid as the secret', (forge) => forge.maced(String(forge.header['kid']), 'HS256')),
];

function pem(key: KeyObject): string {
  return key.export({ format: 'pem', type: 'spki' }).toString();
}

function der(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' });
}

function member(key: KeyObject, name: 'n' | 'x' | 'y'): Buffer {
  return Buffer.from(key.export({ format: 'jwk' })[name] ?? '', 'base64url');
}

/** As RFC 7638 section 3 has it for thumbprints. */
function orderedJwk(key: KeyObject): string {
  const { crv, e, kty, n, x, y } = key.export({ format: 'jwk' });
  return JSON.stringify(kty === 'RSA' ? { e, kty, n } : { crv, kty, x, y });
}

function compressedPoint(key: KeyObject): Buffer {
  const isOdd = (member(key, 'y').at(-1) ?? 0) & 1;
  return Buffer.concat([Buffer.of(2 + isOdd), member(key, 'x')]);
}
