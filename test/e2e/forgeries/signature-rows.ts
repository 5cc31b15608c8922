import { constants, createHmac, sign } from 'node:crypto';
import { CURVE_ORDERS, encodePart, signJws } from '../../support/jws.js';
import { type AsymmetricAlg, ECDSA, type Forge, RSA, type Row, row } from './forge.js';

/** r and s as numbers of the curve's length. */
function pair(forge: Forge, r: (order: Buffer) => Buffer, s: (order: Buffer) => Buffer): string {
  const order = CURVE_ORDERS[forge.alg as 'ES256' | 'ES384'];
  return forge.withSignature(Buffer.concat([r(order), s(order)]));
}

const zero = (order: Buffer) => Buffer.alloc(order.length);
const one = (order: Buffer) => plus(zero(order), 1);
const itself = (order: Buffer) => order;
const beyond = (order: Buffer) => plus(order, 1);
const below = (order: Buffer) => plus(order, -1);
const highest = (order: Buffer) => Buffer.alloc(order.length, 0xff);

/** Neither order ends in 00 or FF, so that nothing is carried. */
function plus(number: Buffer, difference: number): Buffer {
  const sum = Buffer.from(number);
  sum.writeUInt8((number.at(-1) ?? 0) + difference, number.length - 1);
  return sum;
}

const ECDSA_PAIRS: [string, string][] = [];
const NUMBERS = { '0': zero, '1': one, n: itself, 'n + 1': beyond, 'n − 1': below, 'all ones': highest };
for (const r of Object.keys(NUMBERS)) for (const s of Object.keys(NUMBERS)) ECDSA_PAIRS.push([r, s]);

export const SIGNATURE_ROWS: readonly Row[] = [
  ...ECDSA_PAIRS.map(([r, s]) =>
    row(
      `r = ${r}, s = ${s}`,
      (forge) => pair(forge, NUMBERS[r as keyof typeof NUMBERS], NUMBERS[s as keyof typeof NUMBERS]),
      { only: ECDSA },
    ),
  ),
  row(
    'the true r with s = 0, and the true s with r = 0',
    (forge) => {
      const half = forge.signature.length / 2;
      const nothing = Buffer.alloc(half);
      return [
        forge.withSignature(Buffer.concat([forge.signature.subarray(0, half), nothing])),
        forge.withSignature(Buffer.concat([nothing, forge.signature.subarray(half)])),
      ];
    },
    { only: ECDSA },
  ),
  row(
    'a true signature in DER',
    (forge) => {
      const input = forge.genuine.slice(0, forge.genuine.lastIndexOf('.'));
      const der = sign(forge.alg === 'ES256' ? 'sha256' : 'sha384', Buffer.from(input), {
        key: forge.key,
        dsaEncoding: 'der',
      });
      return forge.withSignature(der);
    },
    { only: ECDSA },
  ),
  row('zeros in DER', (forge) => forge.withSignature(Buffer.from('3006020100020100', 'hex')), {
    only: ECDSA,
  }),
  row(
    'r and s with a zero before each',
    (forge) => {
      const half = forge.signature.length / 2;
      const parts = [forge.signature.subarray(0, half), forge.signature.subarray(half)];
      return forge.withSignature(Buffer.concat(parts.flatMap((part) => [Buffer.alloc(1), part])));
    },
    { only: ECDSA },
  ),
  ...[0, 1].map((number) =>
    row(
      `the number ${number} as the signature`,
      (forge) => {
        const bytes = Buffer.alloc(forge.signature.length);
        bytes.writeUInt8(number, bytes.length - 1);
        return forge.withSignature(bytes);
      },
      { only: RSA },
    ),
  ),
  row(
    'the modulus as the signature, and one less',
    (forge) => {
      const modulus = Buffer.from(forge.publicKey?.export({ format: 'jwk' }).n ?? '', 'base64url');
      return [forge.withSignature(modulus), forge.withSignature(plus(modulus, -1))];
    },
    { only: RSA },
  ),
  row(
    'PKCS #1 padding where PSS is due',
    (forge) => forge.withSignature(signJws(inputOf(forge), 'RS256', forge.key)),
    { only: ['PS256'] },
  ),
  row(
    'PSS padding where PKCS #1 is due',
    (forge) => forge.withSignature(signJws(inputOf(forge), 'PS256', forge.key)),
    { only: ['RS256'] },
  ),
  ...[0, 20, 31, 33, 64].map((saltLength) =>
    row(
      `PSS with a salt of ${saltLength} bytes`,
      (forge) => {
        const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength };
        return forge.withSignature(
          sign('sha256', Buffer.from(inputOf(forge)), { key: forge.key, ...padding }),
        );
      },
      { only: ['PS256'] },
    ),
  ),
  row(
    'a MAC of another hash under its own alg, or cut off',
    (forge) => {
      const mac = (hash: string) => createHmac(hash, forge.key).update(inputOf(forge)).digest();
      return ['sha1', 'sha384', 'sha512', 'md5']
        .map((hash) => forge.withSignature(mac(hash)))
        .concat(forge.withSignature(mac('sha512').subarray(0, 32)));
    },
    { only: ['HS256'] },
  ),
  row('zeros', (forge) => forge.withSignature(Buffer.alloc(forge.signature.length))),
  row('ones', (forge) => forge.withSignature(Buffer.alloc(forge.signature.length, 0xff))),
  row('one byte, and one zero', (forge) => [
    forge.withSignature(Buffer.of(1)),
    forge.withSignature(Buffer.of(0)),
  ]),
  row('the first half, and all but a byte', (forge) => [
    forge.withSignature(forge.signature.subarray(0, forge.signature.length / 2)),
    forge.withSignature(forge.signature.subarray(0, -1)),
    forge.withSignature(forge.signature.subarray(1)),
  ]),
  row('a zero more, before or after, and the whole twice', (forge) => [
    forge.withSignature(Buffer.concat([Buffer.alloc(1), forge.signature])),
    forge.withSignature(Buffer.concat([forge.signature, Buffer.alloc(1)])),
    forge.withSignature(Buffer.concat([forge.signature, forge.signature])),
  ]),
  row('its bytes backwards', (forge) => forge.withSignature(Buffer.from(forge.signature.toReversed()))),
  row('its text encoded once more, and its hexadecimal digits', (forge) => [
    forge.withSignature(Buffer.from(forge.signature.toString('base64url'))),
    forge.withSignature(Buffer.from(forge.signature.toString('hex'))),
  ]),
  row('any one bit changed, at either end and in the middle', (forge) =>
    [0, forge.signature.length >> 1, forge.signature.length - 1].map((position) => {
      const changed = Buffer.from(forge.signature);
      changed.writeUInt8(changed.readUInt8(position) ^ 1, position);
      return forge.withSignature(changed);
    }),
  ),
  row('of another true token', (forge) => {
    const [, , other = ''] = forge.withClaims({ jti: 'another' }).split('.');
    return forge.withSignature(Buffer.from(other, 'base64url'));
  }),
  row('of the same claims under another header, and of the payload alone', (forge) => {
    const [header = '', payload = ''] = forge.genuine.split('.');
    const alg = forge.alg as AsymmetricAlg;
    return [
      forge.withSignature(signJws(`${encodePart({ alg })}.${payload}`, alg, forge.key)),
      forge.withSignature(signJws(payload, alg, forge.key)),
      forge.withSignature(signJws(`${header}${payload}`, alg, forge.key)),
      forge.withSignature(signJws(JSON.stringify(forge.claims), alg, forge.key)),
    ];
  }),
  row('a true one, over claims that were changed afterwards', (forge) => {
    const [header = '', , signature = ''] = forge.genuine.split('.');
    const changes = [{ roles: ['admin', 'user'] }, { sub: 'admin' }, { exp: 4_102_444_800 }, { scope: '' }];
    return changes.map((change) => `${header}.${encodePart({ ...forge.claims, ...change })}.${signature}`);
  }),
];

function inputOf({ genuine }: Forge): string {
  return genuine.slice(0, genuine.lastIndexOf('.'));
}
