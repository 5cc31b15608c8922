import { describe, expect, it } from '@jest/globals';
import { FOREIGN_HASHES as FOREIGN } from '../../../../test/support/foreign-hashes.js';
import { readHash } from './read-hash.js';
import { HashRefusedError } from './stored-hash.js';

/** The code of the refusal; undefined if the hash is taken. */
function refusalOf(stored: string): string | undefined {
  try {
    readHash(stored);
    return undefined;
  } catch (error) {
    if (!(error instanceof HashRefusedError)) throw error;
    expect(error.message.includes(stored)).toBe(stored === '');
    return error.code;
  }
}

/** The same hash with another digest: one character near the end is exchanged. */
function altered(stored: string): string {
  const at = stored.length - 6;
  const replaced = /[0-9a-f]/.test(stored.charAt(at)) ? (stored[at] === '1' ? '2' : '1') : 'a';
  return `${stored.slice(0, at)}${replaced}${stored.slice(at + 1)}`;
}

describe('A hash that another program made', () => {
  it.each(FOREIGN)('$format is known, and matches its password alone: $hash', async (vector) => {
    const { format, password, hash } = vector;
    const known = readHash(hash);
    expect(known.format).toBe(format);
    expect(await known.matches(password)).toBe(true);
    expect(await known.matches(`${password}x`)).toBe(false);
    expect(await known.matches('')).toBe(false);
    expect(await readHash(altered(hash)).matches(password)).toBe(false);
  });

  it.each(FOREIGN)('$format is refused when cut short or followed by something: $hash', ({ hash }) => {
    for (const wrong of [hash.slice(0, hash.lastIndexOf('$') + 3), `${hash}!`, ` ${hash}`, `${hash}\n`]) {
      expect(refusalOf(wrong)).toBe('HASH_MALFORMED');
    }
  });

  it('is weak where it is one digest, and for all users at once where there is no salt', () => {
    const weak = (weakness: string) =>
      new Set(FOREIGN.filter(({ hash }) => readHash(hash).weakness === weakness).map(({ format }) => format));
    expect([...weak('unsalted')]).toEqual(['ldap-sha', 'ldap-md5', 'salted-md5']);
    expect([...weak('fast')].every((format) => /^(ldap-s|salted|django-(md5|sha1))/.test(format))).toBe(true);
  });
});

describe('bcrypt of before its bytes above 127 were read rightly (2x)', () => {
  // php -r 'echo crypt("größe", "\$2x\$05\$abcdefghijklmnopqrstuu");'
  const stored = '$2x$05$abcdefghijklmnopqrstuu20P79uS43mcFVzGR4xXUbMUts1I3J3C';

  it('matches no password that is not ASCII, of which several have the same hash', () => {
    expect(readHash(stored).matches('größe')).toBe(false);
    expect(readHash(stored.replace('2x', '2y')).matches('größe')).toBe(false);
  });
});

describe('A hash that would be dear to check', () => {
  const BCRYPT_TAIL = 'a'.repeat(53);
  const SALT = 'c2FsdHNhbHRzYWx0c2FsdA';
  const DIGEST = 'ZGlnZXN0ZGlnZXN0ZGlnZXN0ZGlnZXN0';
  const firebase = (n: number) => `$fbscrypt$v=1,n=${n},r=8,p=1,ss=Bw==,sk=${DIGEST}$${SALT}$${DIGEST}`;
  const aspnet = (iterations: number) => {
    const bytes = Buffer.alloc(61);
    bytes.writeUInt8(1);
    bytes.writeUInt32BE(2, 1);
    bytes.writeUInt32BE(iterations, 5);
    bytes.writeUInt32BE(16, 9);
    return `$aspnet-identity$${bytes.toString('base64')}`;
  };

  it.each([
    ['bcrypt', `$2b$15$${BCRYPT_TAIL}`, `$2b$16$${BCRYPT_TAIL}`],
    [
      'bcrypt-sha256',
      `$bcrypt-sha256$v=2,t=2b,r=15$${'a'.repeat(22)}$${'a'.repeat(31)}`,
      `$bcrypt-sha256$v=2,t=2b,r=16$${'a'.repeat(22)}$${'a'.repeat(31)}`,
    ],
    [
      'Argon2 by memory',
      `$argon2id$v=19$m=262144,t=1,p=1$${SALT}$${DIGEST}`,
      `$argon2id$v=19$m=262145,t=1,p=1$${SALT}$${DIGEST}`,
    ],
    [
      'Argon2 by passes',
      `$argon2i$v=19$m=65536,t=16,p=1$${SALT}$${DIGEST}`,
      `$argon2i$v=19$m=65536,t=17,p=1$${SALT}$${DIGEST}`,
    ],
    [
      'Argon2 by lanes',
      `$argon2d$v=19$m=65536,t=1,p=16$${SALT}$${DIGEST}`,
      `$argon2d$v=19$m=65536,t=1,p=17$${SALT}$${DIGEST}`,
    ],
    [
      'scrypt by memory',
      `$scrypt$ln=18,r=8,p=1$${SALT}$${DIGEST}`,
      `$scrypt$ln=18,r=9,p=1$${SALT}$${DIGEST}`,
    ],
    ['scrypt by lanes', `$scrypt$ln=17,r=8,p=4$${SALT}$${DIGEST}`, `$scrypt$ln=17,r=8,p=5$${SALT}$${DIGEST}`],
    ["Firebase's scrypt", firebase(18), firebase(19)],
    ['PBKDF2', `$pbkdf2-sha256$3000000$${SALT}$${DIGEST}`, `$pbkdf2-sha256$3000001$${SALT}$${DIGEST}`],
    ['PBKDF2 by blocks', `$pbkdf2-sha1$1500000$${SALT}$${DIGEST}`, `$pbkdf2-sha1$1500001$${SALT}$${DIGEST}`],
    [
      "Django's PBKDF2",
      `pbkdf2_sha256$3000000$salt$${'A'.repeat(43)}=`,
      `pbkdf2_sha256$3000001$salt$${'A'.repeat(43)}=`,
    ],
    [
      "Django's scrypt",
      `scrypt$131072$salt$8$4$${'A'.repeat(86)}==`,
      `scrypt$131072$salt$8$5$${'A'.repeat(86)}==`,
    ],
    ['ASP.NET Identity', aspnet(3_000_000), aspnet(3_000_001)],
    ['SHA-crypt', `$6$rounds=1000000$salt$${'a'.repeat(86)}`, `$6$rounds=1000001$salt$${'a'.repeat(86)}`],
    ['phpass', `$P$E12345678${'a'.repeat(22)}`, `$P$F12345678${'a'.repeat(22)}`],
  ])('is taken up to a limit, and refused above it: %s', (_, within, above) => {
    expect(refusalOf(within)).toBeUndefined();
    expect(refusalOf(above)).toBe('HASH_TOO_COSTLY');
  });

  it('is taken where the settings ask for it', () => {
    const own = `$bcrypt-sha256$v=2,t=2b,r=18$${'a'.repeat(22)}$${'a'.repeat(31)}`;
    expect(readHash(own, 20).format).toBe('bcrypt-sha256');
    expect(() => readHash(own, 17)).toThrow('The hash is above the limit: bcrypt cost 17.');
  });

  it('is refused by its numbers, however large, before any of them is reckoned with', () => {
    for (const stored of [
      `$scrypt$ln=99,r=9999,p=9999$${SALT}$${DIGEST}`,
      `$argon2id$v=19$m=9999999999,t=9999999999,p=1$${SALT}$${DIGEST}`,
      `$pbkdf2-sha512$9999999999$${SALT}$${DIGEST}`,
      `scrypt$1073741824$salt$8$1$${'A'.repeat(86)}==`,
      aspnet(0xffffffff),
    ]) {
      expect(refusalOf(stored)).toBe('HASH_TOO_COSTLY');
    }
    expect(refusalOf(`$pbkdf2-sha512$99999999999999999$${SALT}$${DIGEST}`)).toBe('HASH_MALFORMED');
    expect(refusalOf(`{SSHA}${'A'.repeat(2_000_000)}`)).toBe('HASH_MALFORMED');
  });
});

describe('A text that is no hash', () => {
  it.each([
    '',
    'password',
    '$1$salt$O2iAsnVZSdbqEzVUTFM1Z/',
    '$2b$03$' + 'a'.repeat(53),
    '$2z$10$' + 'a'.repeat(53),
    '$argon2id$nonsense',
    '$argon2id$v=19$m=8,t=1,p=2$c29tZXNhbHQ$ZGlnZXN0ZGlnZXN0',
    '$argon2id$v=20$m=1024,t=1,p=1$c29tZXNhbHQ$ZGlnZXN0ZGlnZXN0',
    '$scrypt$ln=0,r=8,p=1$c2FsdA$ZGlnZXN0ZGlnZXN0ZGlnZXN0',
    'scrypt$1000$salt$8$1$' + 'A'.repeat(86) + '==',
    '$pbkdf2-md5$1000$c2FsdA$ZGlnZXN0ZGlnZXN0ZGlnZXN0',
    '$pbkdf2-sha512$i=1000,l=64$c2FsdA$ZGlnZXN0ZGlnZXN0ZGlnZXN0',
    'pbkdf2_sha256$1000$$' + 'A'.repeat(43) + '=',
    '$5$rounds=999$salt$' + 'a'.repeat(43),
    '$5$rounds=01000$salt$' + 'a'.repeat(43),
    '$5$salt$' + 'a'.repeat(86),
    '$6$salt$' + 'a'.repeat(43),
    '$P$.12345678' + 'a'.repeat(22),
    '{SSHA}' + 'A'.repeat(27) + '=',
    '{SHA}' + 'A'.repeat(32),
    '{CRYPT}$6$salt$' + 'a'.repeat(86),
    'md5$salt$' + 'a'.repeat(40),
    '$salted-md5$order=none$c2FsdA$' + 'A'.repeat(22) + '==',
    '$salted-sha1$order=salt-password$c2FsdA$' + 'A'.repeat(22) + '==',
    '$aspnet-identity$' + Buffer.alloc(49, 2).toString('base64'),
    '$aspnet-identity$' + Buffer.alloc(40).toString('base64'),
  ])('is refused: %s', (text) => {
    expect(refusalOf(text)).toBe('HASH_MALFORMED');
  });
});
