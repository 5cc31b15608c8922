import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { hashSync as argon2Hash } from '@node-rs/argon2';
import bcrypt from 'bcryptjs';
import run from './hash-worker.js';

type Scheme = { algorithm: 'bcrypt'; cost: number } | { algorithm: 'argon2id' };

const BCRYPT: Scheme = { algorithm: 'bcrypt', cost: 4 };
const ARGON2ID: Scheme = { algorithm: 'argon2id' };
const SCHEMES: [string, Scheme][] = [
  ['bcrypt', BCRYPT],
  ['argon2id', ARGON2ID],
];
const PASSWORD = 'correct horse battery staple';

async function hash(password: string, scheme: Scheme): Promise<string> {
  return (await run({ kind: 'hash', password, scheme })) as string;
}

async function verify(password: string, stored: string, scheme = BCRYPT) {
  return (await run({ kind: 'verify', password, hash: stored, scheme })) as {
    matches: boolean;
    outdated: boolean;
  };
}

describe('hash formats', () => {
  it("bcrypt is Passlib's bcrypt_sha256, version 2, with the cost in it", async () => {
    expect(await hash(PASSWORD, BCRYPT)).toMatch(
      /^\$bcrypt-sha256\$v=2,t=2b,r=4\$[./A-Za-z0-9]{22}\$[./A-Za-z0-9]{31}$/,
    );
    expect(await hash(PASSWORD, { algorithm: 'bcrypt', cost: 5 })).toMatch(
      /^\$bcrypt-sha256\$v=2,t=2b,r=5\$/,
    );
  });

  it("argon2id has OWASP's parameters in it", async () => {
    expect(await hash(PASSWORD, ARGON2ID)).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  // From Passlib's own tests and documentation, so made by another program.
  it.each([
    ['', '$bcrypt-sha256$v=2,t=2b,r=5$E/e/2AOhqM5W/KJTFQzLce$WFPIZKtDDTriqWwlmRFfHiOTeheAZWe'],
    ['password', '$bcrypt-sha256$v=2,t=2b,r=5$5Hg1DKFqPE8C2aflZ5vVoe$wOK1VFFtS8IGTrGa7.h5fs0u84qyPbS'],
    ['password', '$bcrypt-sha256$v=2,t=2b,r=12$n79VH.0Q2TMWmt3Oqt9uku$Kq4Noyk3094Y2QlB8NdRT8SvGiI4ft2'],
  ])('verifies what Passlib made of %j: %s', async (password, stored) => {
    expect((await verify(password, stored)).matches).toBe(true);
    expect((await verify(`${password}x`, stored)).matches).toBe(false);
  });

  it.each(SCHEMES)('%s has a salt of its own for each hash, and fits its column', async (_, scheme) => {
    const [one, other] = await Promise.all([hash(PASSWORD, scheme), hash(PASSWORD, scheme)]);
    expect(one).not.toBe(other);
    expect(one.length).toBeLessThanOrEqual(255);
  });
});

describe.each(SCHEMES)('a password hashed with %s', (_, scheme) => {
  const accepts = async (password: string, tried: string) =>
    (await verify(tried, await hash(password, scheme), scheme)).matches;

  it.each([
    PASSWORD,
    ' leading and trailing ',
    '😀👩‍👩‍👧‍👦',
    'with a \0 NUL',
    '\0',
    'é',
    'x'.repeat(1024),
    '😀'.repeat(1024),
  ])('matches itself: %#', async (password) => {
    expect(await accepts(password, password)).toBe(true);
  });

  it.each([
    ['case', 'password', 'Password'],
    ['a space at the end', 'password', 'password '],
    ['a space at the start', 'password', ' password'],
    ['what follows a NUL', 'pass\0word', 'pass\0wort'],
    ['a NUL at the end', 'password', 'password\0'],
    ['the 73rd byte', `${'x'.repeat(72)}a`, `${'x'.repeat(72)}b`],
    ['the length beyond 72 bytes', 'x'.repeat(72), 'x'.repeat(73)],
    ['the last of 1024 characters', `${'x'.repeat(1023)}a`, `${'x'.repeat(1023)}b`],
    ['composed and decomposed letters', '\u00e9', 'e\u0301'],
    ['being there', 'password', ''],
  ])('differs by %s', async (_difference, password, tried) => {
    expect(await accepts(password, tried)).toBe(false);
  });
});

describe('a hash brought from elsewhere', () => {
  const plain = bcrypt.hashSync(PASSWORD, 4);

  it.each(['$2a$', '$2b$', '$2y$'])('plain bcrypt %s matches, and is to be replaced', async (prefix) => {
    const stored = plain.replace('$2b$', prefix);
    expect(await verify(PASSWORD, stored)).toEqual({ matches: true, outdated: true });
    expect(await verify(`${PASSWORD}x`, stored)).toEqual({ matches: false, outdated: false });
  });

  it('plain bcrypt matches a password of 72 bytes, and none that is longer, which it would cut', async () => {
    const stored = bcrypt.hashSync('x'.repeat(72), 4);
    expect((await verify('x'.repeat(72), stored)).matches).toBe(true);
    expect((await verify('x'.repeat(73), stored)).matches).toBe(false);
  });

  it('plain bcrypt matches no password with a NUL, where others would stop reading', async () => {
    const stored = bcrypt.hashSync('pass', 4);
    expect((await verify('pass\0word', stored)).matches).toBe(false);
  });

  it('Argon2id with other parameters matches, and is to be replaced', async () => {
    const stored = argon2Hash(PASSWORD, { memoryCost: 8192, timeCost: 3, parallelism: 1 });
    expect(await verify(PASSWORD, stored, ARGON2ID)).toEqual({ matches: true, outdated: true });
  });

  it.each([
    ['nothing', ''],
    ['a plain text', PASSWORD],
    ['an MD5 hash', '$1$salt$O2iAsnVZSdbqEzVUTFM1Z/'],
    ['half a bcrypt hash', plain.slice(0, -1)],
    ['a bcrypt hash and more', `${plain}x`],
    ['bcrypt with a cost that there is not', plain.replace('$04$', '$99$')],
    ['bcrypt with a cost below the least', plain.replace('$04$', '$03$')],
    [
      'bcrypt-sha256 with a cost that there is not',
      `$bcrypt-sha256$v=2,t=2b,r=99$${'a'.repeat(22)}$${'a'.repeat(31)}`,
    ],
    ['bcrypt-sha256 of version 1', `$bcrypt-sha256$2b,12$${'a'.repeat(22)}$${'a'.repeat(31)}`],
    ['half an Argon2 hash', '$argon2id$v=19$m=19456,t=2,p=1$'],
    ['an Argon2 hash of nonsense', '$argon2id$nonsense'],
    ['bcrypt too costly to check', plain.replace('$04$', '$31$')],
    ['Argon2 too costly to check', '$argon2id$v=19$m=4194304,t=9,p=1$c29tZXNhbHQ$ZGlnZXN0ZGlnZXN0'],
    ['SQL', "'; drop table users; --"],
  ])('%s matches nothing, and does not break the login', async (_, stored) => {
    expect(await verify(PASSWORD, stored)).toEqual({ matches: false, outdated: false });
  });
});

describe('a wrong password', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  const costsTriedWith = async (stored: string, cost: number): Promise<string[]> => {
    const hashing = jest.spyOn(bcrypt, 'hashSync');
    const scheme: Scheme = { algorithm: 'bcrypt', cost };
    await verify('wrong', stored, scheme);
    const calls = hashing.mock.calls.map(([, salt]) => String(salt).slice(0, 7));
    jest.restoreAllMocks();
    return calls;
  };

  /** Lets each hash seem to take these milliseconds, in this order: what is measured here depends on the machine. */
  const clockOf = (...durations: number[]): void => {
    const times = durations.flatMap((duration) => [0, duration]);
    jest.spyOn(performance, 'now').mockImplementation(() => times.shift() ?? 0);
  };

  it.each([
    ['a fraction', '{SHA}q/eq1kOINtvlJqojGr3i0O73TUI=', 0, ['$2b$08$']],
    ['half', bcrypt.hashSync(PASSWORD, 7), 5, ['$2b$07$', '$2b$07$']],
    ['more', bcrypt.hashSync(PASSWORD, 10), 40, ['$2b$10$']],
  ])(
    'costs the work of a current hash where the stored one costs %s of it',
    async (_, stored, took, costs) => {
      clockOf(10, took);
      await hash(PASSWORD, { algorithm: 'bcrypt', cost: 8 });
      expect(await costsTriedWith(stored, 8)).toEqual(costs);
    },
  );

  it('costs no more than a current hash where the stored one is current', async () => {
    clockOf(10, 5);
    const current = await hash(PASSWORD, { algorithm: 'bcrypt', cost: 8 });
    expect(await costsTriedWith(current, 8)).toEqual(['$2b$08$']);
  });
});

describe('a hash that matches', () => {
  it.each<[string, Scheme, Scheme, boolean]>([
    ['the same cost', BCRYPT, BCRYPT, false],
    ['a higher cost', BCRYPT, { algorithm: 'bcrypt', cost: 5 }, true],
    ['a lower cost', { algorithm: 'bcrypt', cost: 5 }, BCRYPT, true],
    ['argon2id instead of bcrypt', BCRYPT, ARGON2ID, true],
    ['bcrypt instead of argon2id', ARGON2ID, BCRYPT, true],
    ['argon2id still', ARGON2ID, ARGON2ID, false],
  ])('is outdated or not by the settings: %s', async (_, before, now, outdated) => {
    expect(await verify(PASSWORD, await hash(PASSWORD, before), now)).toEqual({ matches: true, outdated });
  });

  it('is never to be replaced by a password that does not match', async () => {
    expect(await verify('wrong', await hash(PASSWORD, BCRYPT), ARGON2ID)).toEqual({
      matches: false,
      outdated: false,
    });
  });
});

describe('an account that is not there', () => {
  it.each([BCRYPT, { algorithm: 'argon2id' } as const])(
    'matches nothing with %j, and breaks nothing',
    async (scheme) => {
      const verified = await run({ kind: 'verify', password: 'correct horse', hash: null, scheme });
      expect(verified).toEqual({ matches: false, outdated: false });
    },
  );

  it.each(['bcrypt', 'argon2id'] as const)(
    'takes a password of before passwords were prepared, hashed with %s, and has it hashed anew',
    async (algorithm) => {
      const scheme = algorithm === 'bcrypt' ? { algorithm, cost: 4 } : { algorithm };
      const typed = 'größe mañana'.normalize('NFD');
      const stored = (await run({ kind: 'hash', password: typed, scheme })) as string;
      const password = typed.normalize('NFC');
      expect(await run({ kind: 'verify', password, typed, hash: stored, scheme })).toEqual({
        matches: true,
        outdated: true,
      });
      expect(await run({ kind: 'verify', password, typed: `${typed}x`, hash: stored, scheme })).toEqual({
        matches: false,
        outdated: false,
      });
    },
  );
});
