import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ClientSecret } from './oauth-client.js';

/** So that scanners of leaked secrets know it. */
const PREFIX = 'lk_cs_';
const BYTES = 32;
/** Of one client at once, however often they are rotated. */
const SECRETS_MAX = 5;

/** 256 random bits. */
export function newClientSecret(): string {
  return PREFIX + randomBytes(BYTES).toString('base64url');
}

/** As it is kept. */
export function secretOf(secret: string, createdAt: Date): ClientSecret {
  return { hash: clientSecretHash(secret), createdAt, expiresAt: null };
}

/** SHA-256, in hexadecimal digits: what is random needs no slow hash. */
export function clientSecretHash(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Whether it is one of them, in a time that does not depend on which. */
export function isOneOf(secret: string, secrets: readonly ClientSecret[]): boolean {
  const given = Buffer.from(clientSecretHash(secret), 'hex');
  return secrets.map(({ hash }) => timingSafeEqual(given, Buffer.from(hash, 'hex'))).includes(true);
}

/** Those that count at a time; milliseconds since the epoch. */
export function liveSecrets(secrets: readonly ClientSecret[], now: number): ClientSecret[] {
  return secrets.filter(({ expiresAt }) => expiresAt === null || expiresAt.getTime() > now);
}

/** What is left of them beside a new one: the latest, each until the overlap has gone by, and no longer than it was to be good. */
export function endingIn(secrets: readonly ClientSecret[], seconds: number, now: Date): ClientSecret[] {
  const end = now.getTime() + seconds * 1_000;
  const ending = secrets.map((secret) => ({
    ...secret,
    expiresAt: new Date(Math.min(secret.expiresAt?.getTime() ?? end, end)),
  }));
  return liveSecrets(ending, now.getTime()).slice(0, SECRETS_MAX - 1);
}
