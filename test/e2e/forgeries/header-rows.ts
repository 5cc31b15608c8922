import { constants, sign } from 'node:crypto';
import { encodePart } from '../../support/jws.js';
import { ASYMMETRIC, ECDSA, type Forge, RSA, type Row, row } from './forge.js';

const NONE = ['none', 'None', 'NONE', 'nOnE', 'none ', ' none', 'none\0', 'nonе', '', 'null', 'undefined'];

const ALGORITHMS =
  'HS256 HS384 HS512 RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 ES256K EdDSA Ed25519 dir A256KW RSA-OAEP';

export const ALG_ROWS: readonly Row[] = [
  ...NONE.map((alg) =>
    row(`alg ${JSON.stringify(alg)}, unsigned or signed`, (forge) => {
      const input = `${encodePart({ ...forge.header, alg })}.${encodePart(forge.claims)}`;
      const signature = forge.signature.toString('base64url');
      return [`${input}.`, input, `${input}.${signature}`, `${input}.AA`, forge.withHeader({ alg })];
    }),
  ),
  row('a genuine token without its signature', ({ genuine }) => {
    const input = genuine.slice(0, genuine.lastIndexOf('.'));
    return [input, `${input}.`];
  }),
  row('alg none and nothing else in the header', (forge) => {
    return `${encodePart({ alg: 'none' })}.${encodePart(forge.claims)}.`;
  }),
  ...[undefined, null, 0, true, [], {}, ['none']].map((alg) =>
    row(`alg ${JSON.stringify(alg) ?? 'left out'}`, (forge) => forge.withHeader({ alg })),
  ),
  row('its own alg in a list', (forge) => forge.withHeader({ alg: [forge.alg] })),
  row('its own alg in lower case or with a space', (forge) => [
    forge.withHeader({ alg: forge.alg.toLowerCase() }),
    forge.withHeader({ alg: `${forge.alg} ` }),
  ]),
  ...ALGORITHMS.split(' ').map((alg) =>
    row(
      `alg ${alg} on a key that is for another`,
      (forge) => {
        return forge.withHeader({ alg });
      },
      { only: [...ASYMMETRIC, 'HS256' as const].filter((own) => own !== alg) },
    ),
  ),
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'].map((alg) =>
    row(`alg ${alg}, truly signed so with a key that is for another`, (forge) => signedAs(forge, alg), {
      only: RSA.filter((own) => own !== alg),
    }),
  ),
  ...['HS384', 'HS512'].map((alg) =>
    row(`alg ${alg}, truly signed so with the secret`, (forge) => forge.maced(forge.key.export(), alg), {
      only: ['HS256'],
    }),
  ),
  row(
    'alg ES512, truly signed so with a key that is for another',
    (forge) => {
      const input = `${encodePart({ ...forge.header, alg: 'ES512' })}.${encodePart(forge.claims)}`;
      const signature = sign('sha512', Buffer.from(input), { key: forge.key, dsaEncoding: 'ieee-p1363' });
      return `${input}.${signature.toString('base64url')}`;
    },
    { only: ECDSA },
  ),
];

/** Truly signed with an RSA key, in another way than the one it is for. */
function signedAs(forge: Forge, alg: string): string {
  const input = `${encodePart({ ...forge.header, alg })}.${encodePart(forge.claims)}`;
  const bits = Number(alg.slice(2));
  const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: bits / 8 };
  const signature = sign(`sha${bits}`, Buffer.from(input), {
    key: forge.key,
    ...(alg.startsWith('PS') && padding),
  });
  return `${input}.${signature.toString('base64url')}`;
}

const TYPES = [
  '',
  'JWT',
  'jwt',
  'AT+JWT',
  'at+JWT',
  'at+jwt ',
  'at+jwt;',
  'application/at+jwt',
  'rt+jwt',
  'id+jwt',
  'logout+jwt',
  'dpop+jwt',
  'secevent+jwt',
  'JOSE',
  'JOSE+JSON',
  'at-jwt',
  'at+jwt+jwt',
  undefined,
  null,
  0,
  true,
  [],
  ['at+jwt'],
  { 'at+jwt': 1 },
];

export const TYP_ROWS: readonly Row[] = TYPES.map((typ) =>
  row(`typ ${JSON.stringify(typ) ?? 'left out'}`, (forge) => forge.withHeader({ typ })),
);

/** What a kid that is looked up somewhere might lead to, and what would then be the secret. */
const KIDS: [string, unknown, string][] = [
  ['a path to an empty file', '/dev/null', ''],
  ['a path up the tree', '../../../../../../dev/null', ''],
  ['a path with a NUL', '/dev/null\0.pem', ''],
  ['a file URL', 'file:///dev/null', ''],
  ['a path of this project', 'package.json', '{}'],
  ['SQL that is always true', `' or '1'='1`, ''],
  ['SQL that answers a secret', `x' union select 'secret' -- `, 'secret'],
  ['SQL that drops a table', `'; drop table signing_keys; --`, ''],
  ['a shell command', '$(sleep 1)|sleep 1;`sleep 1`', ''],
  ['a template', '{{7*7}}${7*7}#{7*7}', '49'],
  ['__proto__', '__proto__', '[object Object]'],
  ['constructor', 'constructor', 'function Object() { [native code] }'],
  ['toString', 'toString', 'function toString() { [native code] }'],
  ['an empty text', '', ''],
  ['white space', ' ', ' '],
  ['a number', 0, '0'],
  ['null', null, 'null'],
  ['true', true, 'true'],
  ['an empty list', [], ''],
  ['an object', {}, '[object Object]'],
  ['an object that says how it is written', { toString: 'x', length: 1 }, 'x'],
  ['4,000 characters', 'x'.repeat(4000), ''],
];

export const KID_ROWS: readonly Row[] = [
  ...KIDS.map(([what, kid, secret]) =>
    row(`kid ${what}, truly signed or with what it might lead to`, (forge) => [
      forge.withHeader({ kid }),
      forge.maced(secret, 'HS256', { kid }),
    ]),
  ),
  row('kid left out', (forge) => forge.withHeader({ kid: undefined })),
  row('its own kid in a list, or as a key of an object', (forge) => {
    const { kid } = forge.header;
    return [forge.withHeader({ kid: [kid] }), forge.withHeader({ kid: { [String(kid)]: kid } })];
  }),
  row('its own kid in another case, or with a space', (forge) => {
    const kid = String(forge.header['kid']);
    return [kid.toUpperCase(), kid.toLowerCase(), `${kid} `, ` ${kid}`, `${kid}=`].map((other) =>
      forge.withHeader({ kid: other }),
    );
  }),
  row('the address of a key set as kid', (forge) => [
    forge.withHeader({ kid: forge.trap }),
    forge.signedByForeigner({ header: { ...forge.header, kid: `${forge.trap}/jwks.json` } }),
  ]),
  row('a foreign key under its own kid', (forge) => {
    return forge.signedByForeigner({ header: { ...forge.header, kid: 'foreign' } });
  }),
  row('a foreign key under the kid of the server', (forge) => forge.signedByForeigner()),
];

/** Members that would bring a key along, or say where one is. */
const KEY_MEMBERS: [string, (forge: Forge) => Record<string, unknown>][] = [
  ['jwk', ({ foreignJwk }) => ({ jwk: foreignJwk })],
  ['jwk under its kid', ({ foreignJwk }) => ({ jwk: foreignJwk, kid: 'foreign' })],
  ['jwk with the private part', ({ foreignKey }) => ({ jwk: foreignKey.export({ format: 'jwk' }) })],
  ['jku', ({ trap }) => ({ jku: `${trap}/jwks.json` })],
  ['jku under its kid', ({ trap }) => ({ jku: `${trap}/jwks.json`, kid: 'foreign' })],
  [
    'jku with user information',
    ({ trap, claims }) => ({ jku: trap.replace('//', `//${String(claims['iss'])}@`) }),
  ],
  ['jku as a file', () => ({ jku: 'file:///etc/passwd' })],
  ['x5u', ({ trap }) => ({ x5u: `${trap}/cert.pem` })],
  ['x5c', ({ foreignJwk }) => ({ x5c: [Buffer.from(JSON.stringify(foreignJwk)).toString('base64')] })],
  ['x5t', () => ({ x5t: 'AAAAAAAAAAAAAAAAAAAAAAAAAAA' })],
  ['x5t#S256', () => ({ 'x5t#S256': 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' })],
  ['jwks', ({ foreignJwk }) => ({ jwks: { keys: [foreignJwk] } })],
  ['jwks_uri', ({ trap }) => ({ jwks_uri: `${trap}/jwks.json` })],
  ['epk', ({ foreignJwk }) => ({ epk: foreignJwk })],
  ['jwk null', () => ({ jwk: null })],
  ['jku empty', () => ({ jku: '' })],
];

export const KEY_MEMBER_ROWS: readonly Row[] = KEY_MEMBERS.map(([what, membersOf]) =>
  row(`${what}, signed with the key it means, or truly`, (forge) => {
    const members = membersOf(forge);
    return [
      forge.signedByForeigner({ header: { ...forge.header, ...members } }),
      forge.withHeader(members),
      forge.withHeader({ ...members, kid: forge.header['kid'] }),
    ];
  }),
);

const CRIT: unknown[] = [
  ['exp'],
  ['alg'],
  ['b64'],
  ['crit'],
  [''],
  [],
  ['http://openbanking.org.uk/iat'],
  ['exp', 'exp'],
  'exp',
  '',
  null,
  true,
  false,
  0,
  {},
  {
    0: 'exp',
    length: 1,
  },
  [null],
  [['exp']],
  [1],
];

const MISPLACED = 'zip cty enc exp iss sub nonce url ppt svt constructor toString alg2 ';

export const CRITICAL_ROWS: readonly Row[] = [
  ...CRIT.map((crit) =>
    row(`crit ${JSON.stringify(crit)}, with and without what it names`, (forge) => [
      forge.withHeader({ crit }),
      forge.withHeader({ crit, exp: forge.claims['exp'] }),
      forge.withHeader({ crit, b64: true }),
    ]),
  ),
  ...[true, false, null, 'false', 0].map((b64) =>
    row(`b64 ${JSON.stringify(b64)}, with and without crit`, (forge) => [
      forge.withHeader({ b64 }),
      forge.withHeader({ b64, crit: ['b64'] }),
    ]),
  ),
  row('b64 false over a payload that is not encoded', (forge) => {
    const header = encodePart({ ...forge.header, b64: false, crit: ['b64'] });
    const payload = JSON.stringify(forge.claims);
    const signature = forge.signed(`${header}.${payload}`).split('.').at(-1) ?? '';
    return [
      `${header}.${payload.replaceAll(' ', '')}.${signature}`,
      `${header}..${signature}`,
      `${header}.${encodePart(payload)}.${signature}`,
    ];
  }),
  row('a payload that is detached', (forge) => {
    const [header = '', , signature = ''] = forge.genuine.split('.');
    return `${header}..${signature}`;
  }),
  ...MISPLACED.split(' ').map((name) =>
    row(`a header member that has no place there: ${JSON.stringify(name)}`, (forge) =>
      forge.withHeader({ [name]: Object.hasOwn(forge.claims, name) ? forge.claims[name] : 'JWT' }),
    ),
  ),
];
