import type { KeyObject } from 'node:crypto';
import { CompactEncrypt } from 'jose';
import { encodePart, withStrayBits } from '../../support/jws.js';
import { ASYMMETRIC, type Forge, type Parts, type Row, row } from './forge.js';

const partsOf = (forge: Forge) => forge.genuine.split('.') as [string, string, string];
const latin1 = (text: string) => Buffer.from(text).toString('latin1');

const SPACED_ROWS: readonly Row[] = [
  row('a space between the parts', ({ genuine }) => genuine.replace('.', ' .'), { code: 'TOKEN_MISSING' }),
  row('a second token after it', ({ genuine }) => `${genuine} ${genuine}`, { code: 'TOKEN_MISSING' }),
  ...[
    ['a tab', '\t'],
    ['a no-break space', '\xa0'],
    ['a zero-width space', latin1('\u200b')],
    ['a byte order mark', latin1('\ufeff')],
    ['a plus sign', '+'],
    ['%20', '%20'],
    ['a comma', ','],
    ['a semicolon', ';'],
    ['a quotation mark', '"'],
  ].map(([what, space]) =>
    row(`${what} between, within and beside the parts`, ({ genuine }) => [
      genuine.replace('.', `.${space}`),
      genuine.replace('.', `${space}.`),
      `${genuine.slice(0, 5)}${space}${genuine.slice(5)}`,
      // HTTP takes away a tab at either end, as it may.
      ...(space === '\t' ? [] : [`${genuine}${space}`, `${space}${genuine}`]),
    ]),
  ),
  row('full-width dots', ({ genuine }) => latin1(genuine.replaceAll('.', '．'))),
  row('Bearer written twice, or in the token', ({ genuine }) => [`Bearer${genuine}`, `Bearer:${genuine}`]),
  row('a quoted token', ({ genuine }) => [`"${genuine}"`, `'${genuine}'`, `<${genuine}>`]),
  row('a list of tokens', ({ genuine }) => [`${genuine},${genuine}`, `[${genuine}]`]),
];

const SHAPE_ROWS: readonly Row[] = [
  ...[
    '.',
    '..',
    '...',
    'null',
    'undefined',
    'true',
    '{}',
    'a.b',
    'a.b.c',
    'AAAA.AAAA.AAAA',
    '[object',
    '%00',
  ].map((text) => row(`the text ${text}`, () => text)),
  row('one part, or two', (forge) => {
    const [header, payload] = partsOf(forge);
    return [header, payload, `${header}.${payload}`];
  }),
  row('four parts and more', ({ genuine }) => [
    `${genuine}.`,
    `${genuine}.AAAA`,
    `.${genuine}`,
    `${genuine}.${genuine}`,
  ]),
  row('an empty part', (forge) => {
    const [header, payload, signature] = partsOf(forge);
    return [`.${payload}.${signature}`, `${header}..${signature}`, `${header}.${payload}.`];
  }),
  row('its parts in another order', (forge) => {
    const [header, payload, signature] = partsOf(forge);
    return [`${payload}.${header}.${signature}`, `${signature}.${payload}.${header}`];
  }),
  row('a refresh token’s prefix', ({ genuine }) => `lk_rt_${genuine}`),
];

/** The parts again, in a second spelling that decodes to the same bytes; signed over that spelling. */
const ENCODING_ROWS: readonly Row[] = [
  row('padding after any part', (forge) => {
    const [header, payload, signature] = partsOf(forge);
    return ['=', '==', '%3D'].flatMap((padding) => [
      forge.signed(`${header}${padding}.${payload}`),
      forge.signed(`${header}.${payload}${padding}`),
      `${header}.${payload}.${signature}${padding}`,
    ]);
  }),
  row('the alphabet of plain base64', (forge) => {
    const [header] = partsOf(forge);
    // Three bytes each that need the characters in which the alphabets differ.
    const payload = [0, 1, 2].map((shift) =>
      JSON.stringify({ ...forge.claims, x: `${'.'.repeat(shift)}~~~???>>>` }),
    );
    const plain = payload.map((text) => Buffer.from(text).toString('base64').replaceAll('=', ''));
    return plain.filter((text) => /[+/]/.test(text)).map((text) => forge.signed(`${header}.${text}`));
  }),
  row('stray bits at the end of the header', (forge) => {
    const [header, payload] = partsOf(forge);
    return forge.signed(`${withStrayBits(header)}.${payload}`);
  }),
  row('stray bits at the end of the payload', (forge) => {
    const [header] = partsOf(forge);
    // One of three lengths leaves no bit over.
    const payloads = ['', 'x', 'xx'].map((x) => encodePart({ ...forge.claims, x }));
    return payloads
      .filter((payload) => payload.length % 4 !== 0)
      .map((payload) => forge.signed(`${header}.${withStrayBits(payload)}`));
  }),
  row(
    'stray bits at the end of the signature',
    (forge) => {
      const [header, payload, signature] = partsOf(forge);
      return `${header}.${payload}.${withStrayBits(signature)}`;
    },
    // The 96 bytes of ES384 leave no bit over.
    { only: ['ES256', 'RS256', 'PS256', 'HS256'] },
  ),
  row('a part of a length that base64url cannot have', (forge) => {
    const [header, payload, signature] = partsOf(forge);
    return [header, payload, signature].map((part) =>
      forge.genuine.replace(part, part.padEnd(4 * Math.ceil(part.length / 4) + 1, 'A')),
    );
  }),
];

/** JSON that says the same in another way; truly signed. */
const JSON_ROWS: readonly Row[] = (['header', 'payload'] as const).flatMap((part) => {
  const tokens = (change: (json: string) => unknown) => (forge: Forge) => {
    const parts: Record<typeof part, string> = {
      header: JSON.stringify(forge.header),
      payload: JSON.stringify(forge.claims),
    };
    return forge.token({ [part]: change(parts[part]) } satisfies Parts);
  };
  const utf16 = (json: string) => Buffer.from(`\ufeff${json}`, 'utf16le');
  const invalidUtf8 = (json: string) =>
    Buffer.concat([Buffer.from(`${json.slice(0, -1)},"x":"`), Buffer.of(0xff), Buffer.from('"}')]);
  const changes: [string, (json: string) => unknown][] = [
    ['with a space between members', (json) => json.replace(',', ', ')],
    ['with a space after a colon', (json) => json.replace(':', ': ')],
    ['with a space before', (json) => ` ${json}`],
    ['with a line end after', (json) => `${json}\n`],
    ['laid out in lines', (json) => JSON.stringify(JSON.parse(json), null, 2)],
    ['with a byte order mark', (json) => `\ufeff${json}`],
    ['with a NUL after', (json) => `${json}\0`],
    ['with a letter escaped', (json) => json.replace(/(?<=")\w/, escaped)],
    ['with a solidus escaped', (json) => json.replace('}', String.raw`,"x":"\/"}`)],
    ['with a trailing comma', (json) => json.replace(/}$/, ',}')],
    ['with a comment', (json) => `${json}/**/`],
    ['in single quotes', (json) => json.replaceAll('"', "'")],
    ['followed by another', (json) => `${json}{}`],
    ['in a list', (json) => `[${json}]`],
    ['as a text', (json) => JSON.stringify(json)],
    ['encoded twice', (json) => Buffer.from(json).toString('base64url')],
    ['cut off', (json) => json.slice(0, -1)],
    ['in UTF-16', utf16],
    ['that is no UTF-8', invalidUtf8],
    ...['null', 'true', '0', '""', '[]', '{}', '1e999'].map((json): [string, () => unknown] => [
      `that is ${json}`,
      () => json,
    ]),
  ];
  return changes.map(([what, change]) => row(`a ${part} ${what}`, tokens(change)));
});

function escaped(letter: string): string {
  return String.raw`\u` + letter.charCodeAt(0).toString(16).padStart(4, '0');
}

/** Other serialisations of JOSE, sent where a compact JWS belongs. */
const SERIALISATION_ROWS: readonly Row[] = [
  row('the flattened JSON serialisation', (forge) => {
    const [header, payload, signature] = partsOf(forge);
    const json = { payload, protected: header, signature };
    return [JSON.stringify(json), encodePart(json), `${encodePart(json)}.${payload}.${signature}`];
  }),
  row('the general JSON serialisation', (forge) => {
    const [header, payload, signature] = partsOf(forge);
    const json = { payload, signatures: [{ protected: header, signature }] };
    return [JSON.stringify(json), encodePart(json)];
  }),
  row('the JSON serialisation with an unprotected header', (forge) => {
    const [, payload, signature] = partsOf(forge);
    return JSON.stringify({ payload, header: forge.header, signature });
  }),
  row(
    'a JWE with claims of choice, encrypted to the public key',
    async (forge) => encryptedTo(forge, JSON.stringify({ ...forge.claims, roles: ['admin'] })),
    { only: ASYMMETRIC },
  ),
  row(
    'a JWE with a genuine token in it, encrypted to the public key',
    async (forge) => encryptedTo(forge, forge.genuine, { cty: 'JWT' }),
    { only: ASYMMETRIC },
  ),
  row(
    'a JWE encrypted directly with the secret',
    async (forge) => encrypted(forge, forge.key.export().subarray(0, 32), { alg: 'dir' }),
    { only: ['HS256'] },
  ),
  row('a JWE under the header of an access token', async (forge) => {
    const jwe = await encrypted(forge, Buffer.alloc(32), { alg: 'dir' });
    const [header] = partsOf(forge);
    return `${header}.${jwe.split('.').slice(1).join('.')}`;
  }),
];

async function encryptedTo(forge: Forge, text: string, members: object = {}): Promise<string> {
  const key = forge.publicKey as KeyObject;
  const alg = key.asymmetricKeyType === 'rsa' ? 'RSA-OAEP-256' : 'ECDH-ES';
  return new CompactEncrypt(Buffer.from(text))
    .setProtectedHeader({ ...forge.header, ...members, alg, enc: 'A256GCM' })
    .encrypt(key);
}

async function encrypted(forge: Forge, key: Buffer, members: { alg: string }): Promise<string> {
  return new CompactEncrypt(Buffer.from(JSON.stringify(forge.claims)))
    .setProtectedHeader({ ...forge.header, ...members, enc: 'A256GCM' })
    .encrypt(key);
}

/** As long as HTTP carries it to the verifier, which reads 8,191 characters. */
const SIZES = [8192, 10_000, 12_000, 15_000];

const SIZE_ROWS: readonly Row[] = [
  ...SIZES.flatMap((size) => [
    row(`${size} characters, truly signed`, (forge) => ofLength(forge, size)),
    row(`${size} characters of one letter, or of dots`, () => ['A'.repeat(size), '.'.repeat(size)]),
    row(`${size} characters by the signature`, ({ genuine }) => genuine.padEnd(size, 'A')),
    row(`${size} characters that are JSON as deep as fits`, (forge) => {
      const depth = Math.floor((size - forge.genuine.length) / 4);
      return deepTokens(forge, depth);
    }),
  ]),
  row('JSON as deep as 8,191 characters carry', (forge) => [
    ...deepTokens(forge, 1000),
    `${encodePart('['.repeat(5000))}.AA.AA`,
    `${encodePart(`${'['.repeat(3000)}${']'.repeat(3000)}`)}.AA.AA`,
    `AA.${encodePart('{"a":'.repeat(1200))}.AA`,
    `${partsOf(forge)[0]}.${encodePart('['.repeat(5000))}.${partsOf(forge)[2]}`,
  ]),
];

/** A truly signed token that is longer than `length` by what base64url cannot express. */
function ofLength(forge: Forge, length: number): string {
  const rest = length - forge.withClaims({ padding: '' }).length;
  const token = forge.withClaims({ padding: 'x'.repeat(Math.ceil((rest * 3) / 4)) });
  if (token.length < length || token.length > length + 4) throw new Error(`${token.length} characters`);
  return token;
}

function deepTokens(forge: Forge, depth: number): string[] {
  const lists = '['.repeat(depth) + ']'.repeat(depth);
  const objects = `${'{"a":'.repeat(depth >> 1)}1${'}'.repeat(depth >> 1)}`;
  return [
    forge.token({ payload: lists }),
    forge.token({ header: lists }),
    forge.token({ payload: objects }),
    forge.token({ header: objects }),
    forge.token({ payload: '['.repeat(depth) }),
  ];
}

export const TEXT_TABLES: Readonly<Record<string, readonly Row[]>> = {
  'white space and company': SPACED_ROWS,
  'what has not the form': SHAPE_ROWS,
  'a second spelling in base64': ENCODING_ROWS,
  'a second spelling in JSON': JSON_ROWS,
  'other serialisations': SERIALISATION_ROWS,
  'what is too long or too deep': SIZE_ROWS,
};
