import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { type LatchkeyComposition, PasswordHasher, type PasswordVerification } from 'latchkey';

const derive = promisify<string, Buffer, number, Buffer>(scrypt); // in a thread of Node's own
const DECOY = Buffer.alloc(32);

class ScryptHasher extends PasswordHasher {
  async hash(password: string): Promise<string> {
    const salt = randomBytes(16);
    const key = await derive(password, salt, 32);
    return `$scrypt$${salt.toString('base64url')}$${key.toString('base64url')}`;
  }

  async verify(password: string, hash: string | null): Promise<PasswordVerification> {
    const [, kind, salt = '', key = ''] = hash?.split('$') ?? [];
    const expected = kind === 'scrypt' ? Buffer.from(key, 'base64url') : DECOY;
    const actual = await derive(password, Buffer.from(salt, 'base64url'), DECOY.length);
    const matches = expected !== DECOY && timingSafeEqual(actual, expected);
    return { matches, outdated: false };
  }
}

export const scryptPasswords: LatchkeyComposition = {
  providers: [{ provide: PasswordHasher, useClass: ScryptHasher }],
};
