import { type Forge, type Row, row, rowsOf } from './forge.js';

const written = (value: unknown) => JSON.stringify(value) ?? 'left out';

/** Control characters, line ends, lone surrogates: truly signed, they would end in headers, logs and SQL. */
const ODD_TEXTS = [
  '',
  ' ',
  '\0',
  'a\0b',
  'a\r\nX-Auth-Roles: admin',
  '\t',
  '\u{7f}',
  '\ud800',
  '管',
  ' padded ',
];
const ODD_VALUES: unknown[] = [undefined, null, 0, 1, true, false, [], {}, [''], { length: 1 }];
const IDENTIFIERS = ['sub', 'jti', 'sid', 'client_id'];

const IDENTIFIER_ROWS: readonly Row[] = [
  ...IDENTIFIERS.flatMap((name) =>
    rowsOf(
      ODD_VALUES.map((value) =>
        row(`${name} ${written(value)}`, (forge) => forge.withClaims({ [name]: value })),
      ),
      ODD_TEXTS.map((text) => row(`${name} ${written(text)}`, (forge) => forge.withClaims({ [name]: text }))),
      row(`its own ${name} in a list, or in an object`, (forge) => [
        forge.withClaims({ [name]: [forge.claims[name]] }),
        forge.withClaims({ [name]: { toString: forge.claims[name] } }),
        forge.withClaims({ [name]: { 0: forge.claims[name], length: 1 } }),
      ]),
      row(`${name} of 5,000 characters`, (forge) => forge.withClaims({ [name]: 'x'.repeat(5000) })),
    ),
  ),
  row('its own sid in upper case, which no revocation would name', (forge) =>
    forge.withClaims({ sid: String(forge.claims['sid']).toUpperCase() }),
  ),
  ...[`' or '1'='1`, 'session-1', '{}'].map((sid) =>
    row(`sid ${written(sid)}, which no session has`, (forge) => forge.withClaims({ sid })),
  ),
];

const PARTY_ROWS: readonly Row[] = ['iss', 'aud'].flatMap((name) =>
  rowsOf(
    [...ODD_VALUES, '', '*', 'null', 'https://other.example.com'].map((value) =>
      row(`${name} ${written(value)}`, (forge) => forge.withClaims({ [name]: value })),
    ),
    row(`its own ${name} in a list`, (forge) => forge.withClaims({ [name]: [forge.claims[name]] })),
    row(`its own ${name} among others, first and last`, (forge) => [
      forge.withClaims({ [name]: [forge.claims[name], 'https://other.example.com'] }),
      forge.withClaims({ [name]: ['https://other.example.com', forge.claims[name]] }),
      forge.withClaims({ [name]: `${String(forge.claims[name])} https://other.example.com` }),
    ]),
    row(`its own ${name} as a key or a value of an object`, (forge) => [
      forge.withClaims({ [name]: { [String(forge.claims[name])]: true } }),
      forge.withClaims({ [name]: { 0: forge.claims[name], length: 1 } }),
    ]),
    row(`its own ${name} with a slash, in upper case, with white space, cut off`, (forge) => {
      const own = String(forge.claims[name]);
      const others = [
        `${own}/`,
        own.toUpperCase(),
        `${own} `,
        ` ${own}`,
        `${own}\0`,
        own.slice(0, -1),
        `${own}.evil.example`,
      ];
      return others.map((other) => forge.withClaims({ [name]: other }));
    }),
  ),
);

const DISCOVERY_ROWS: readonly Row[] = [
  row('the address of another issuer as iss, with its key', (forge) => [
    forge.withClaims({ iss: forge.trap }),
    forge.signedByForeigner({ payload: { ...forge.claims, iss: forge.trap } }),
    forge.signedByForeigner({
      header: { ...forge.header, kid: 'foreign' },
      payload: { ...forge.claims, iss: forge.trap },
    }),
  ]),
];

const TIMES = ['exp', 'nbf', 'iat'];
const UNUSUAL_NUMBERS = [
  '1e999',
  '-1e999',
  '1e3',
  '1E3',
  '1.0',
  '-0',
  '00',
  '+1',
  '.5',
  '0x10',
  '1_000',
  'NaN',
  'Infinity',
  '9007199254740993',
  '123456789012345678901234567890',
  '1e-400',
  'undefined',
  "'1'",
];
const NO_TIMES: unknown[] = [
  undefined,
  null,
  0,
  -1,
  0.5,
  1e308,
  1e21,
  2 ** 53,
  -(2 ** 53),
  Number.MIN_VALUE,
  '',
  'NaN',
  'Infinity',
  'never',
  '2999-01-01T00:00:00Z',
  true,
  false,
  [],
  {},
  { $numberLong: '4102444800' },
];

const TIME_ROWS: readonly Row[] = TIMES.flatMap((name) =>
  rowsOf(
    NO_TIMES.map((value) => row(`${name} ${written(value)}`, (forge) => forge.withClaims({ [name]: value }))),
    UNUSUAL_NUMBERS.map((text) => row(`${name} written ${text}`, (forge) => forge.withClaimText(name, text))),
    row(`its own ${name} as a text, a fraction, negative, with an exponent, in a list`, (forge) => {
      const own = Number(forge.claims[name]);
      return [
        forge.withClaims({ [name]: String(own) }),
        forge.withClaims({ [name]: own + 0.5 }),
        forge.withClaims({ [name]: -own }),
        forge.withClaims({ [name]: [own] }),
        forge.withClaims({ [name]: { valueOf: own } }),
        forge.withClaimText(name, `${own}e0`),
        forge.withClaimText(name, `${own}.0`),
      ];
    }),
  ),
);

const soon = (forge: Forge, seconds: number) => Number(forge.claims['iat']) + seconds;

const WHEN_ROWS: readonly Row[] = [
  ...['iat', 'nbf'].flatMap((name) => [
    row(`${name} an hour ahead`, (forge) => forge.withClaims({ [name]: soon(forge, 3600) })),
    row(`${name} in milliseconds`, (forge) => forge.withClaims({ [name]: soon(forge, 0) * 1000 })),
    row(`${name} as far ahead as numbers go`, (forge) =>
      forge.withClaims({ [name]: Number.MAX_SAFE_INTEGER }),
    ),
  ]),
  row('exp an hour ago', (forge) => forge.withClaims({ exp: soon(forge, -3600) }), { code: 'TOKEN_EXPIRED' }),
  row('exp one second into 1970', (forge) => forge.withClaims({ exp: 1 }), { code: 'TOKEN_EXPIRED' }),
  row(
    'exp a hundred years ahead, issued longer ago than a token lives',
    (forge) => forge.withClaims({ iat: soon(forge, -901), exp: soon(forge, 3_155_760_000) }),
    { code: 'TOKEN_EXPIRED' },
  ),
];

const NO_ROLES: unknown[] = [
  undefined,
  null,
  '',
  'admin',
  'admin,user',
  0,
  true,
  {},
  {
    0: 'admin',
    length: 1,
  },
  { admin: true },
  ['user', 1],
  ['user', null],
  [['admin']],
  [{ name: 'admin' }],
  [true],
  [''],
  ['user', 'a\r\nX-Auth-Subject: x'],
  ['a\0b'],
  ['\ud800'],
  [' admin'],
  ['admin '],
];
const NO_SCOPES: unknown[] = [
  undefined,
  null,
  ['profile:read'],
  [],
  {},
  0,
  true,
  {
    0: 'a',
    length: 1,
  },
  ' ',
  ' a',
  'a ',
  'a  b',
  'a	b',
  'a\nb',
  'a"b',
  String.raw`a\b`,
  'ä',
  '管',
  '\0',
  '\ud800',
];

const RIGHTS_ROWS: readonly Row[] = [
  ...NO_ROLES.map((roles) => row(`roles ${written(roles)}`, (forge) => forge.withClaims({ roles }))),
  ...NO_SCOPES.map((scope) => row(`scope ${written(scope)}`, (forge) => forge.withClaims({ scope }))),
];

const texts = ({ claims, header }: Forge) => ({
  payload: JSON.stringify(claims),
  header: JSON.stringify(header),
});
const before = (text: string, member: string) => `{${member},${text.slice(1)}`;
const after = (text: string, member: string) => `${text.slice(0, -1)},${member}}`;

const DUPLICATES = ['"sub":"admin"', '"exp":4102444800', '"roles":["admin"]', '"iss":"x"', '"aud":"x"'];

const DUPLICATE_ROWS: readonly Row[] = [
  ...[...DUPLICATES, '"sid":"x"', '"jti":"x"', '"scope":"admin"'].map((member) =>
    row(`a second ${member} in the payload, first or last`, (forge) => {
      const { payload } = texts(forge);
      return [before(payload, member), after(payload, member)].map((text) => forge.token({ payload: text }));
    }),
  ),
  ...['alg', 'typ', 'kid'].map((name) =>
    row(`a second ${name} in the header, first or last, other or the same`, (forge) => {
      const { header } = texts(forge);
      const members = [`"${name}":"none"`, `"${name}":${JSON.stringify(forge.header[name])}`];
      return members
        .flatMap((member) => [before(header, member), after(header, member)])
        .map((text) => forge.token({ header: text }));
    }),
  ),
  row('a second sub whose name is escaped', (forge) => {
    const { payload } = texts(forge);
    return forge.token({ payload: after(payload, String.raw`"\u0073ub":"admin"`) });
  }),
  row('a second member within a claim', (forge) => forge.withClaimText('tenant', '{"id":1,"id":2}')),
];

const PROTOTYPES = ['{}', 'null', '{"sub":"admin"}', '[]', '{"__proto__":{}}', '1'];

const PROTOTYPE_ROWS: readonly Row[] = [
  ...PROTOTYPES.map((value) =>
    row(`__proto__ ${value} in the payload, first, last or within`, (forge) => {
      const { payload } = texts(forge);
      const member = `"__proto__":${value}`;
      return [
        forge.token({ payload: before(payload, member) }),
        forge.token({ payload: after(payload, member) }),
        forge.withClaimText('tenant', `{${member}}`),
        forge.withClaimText('tenant', `[1,{"a":{${member},"b":1}}]`),
        forge.token({ payload: after(payload, String.raw`"__proto\u005f_":${value}`) }),
      ];
    }),
  ),
  row('__proto__ in the header, first or last', (forge) => {
    const { header } = texts(forge);
    return PROTOTYPES.flatMap((value) => [
      forge.token({ header: before(header, `"__proto__":${value}`) }),
      forge.token({ header: after(header, `"__proto__":${value}`) }),
    ]);
  }),
  row('claims that are inherited, by __proto__ or constructor.prototype', (forge) => {
    const { payload } = texts(forge);
    return [`{"__proto__":${payload}}`, `{"constructor":{"prototype":${payload}}}`].map((text) =>
      forge.token({ payload: text }),
    );
  }),
  row('a header that is inherited', (forge) => {
    const { header } = texts(forge);
    return forge.token({ header: `{"__proto__":${header}}` });
  }),
];

export const CLAIMS_TABLES: Readonly<Record<string, readonly Row[]>> = {
  'who it is for and from': [...PARTY_ROWS, ...DISCOVERY_ROWS],
  'whom it names': IDENTIFIER_ROWS,
  'a time that is none': TIME_ROWS,
  'a time that is wrong': WHEN_ROWS,
  'what it allows': RIGHTS_ROWS,
  'members said twice': DUPLICATE_ROWS,
  prototypes: PROTOTYPE_ROWS,
};
