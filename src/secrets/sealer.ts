import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';
import type { DerivedKey } from './derived-keys.js';

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = 'v1';

/** Seals secrets for a store: AES-256-GCM, bound to a name. */
export class Sealer {
  /** @param keys of a purpose of its own */
  constructor(private readonly keys: DerivedKey) {}

  /** @param name what the secret belongs to; the same is needed to open it */
  seal(secret: Buffer, name: string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.keys.current, iv, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.from(name));
    const sealed = Buffer.concat([iv, cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
    return `${VERSION}.${sealed.toString('base64url')}`;
  }

  /** @returns undefined if no accepted `APP_SECRET` opens it, or it was altered */
  open(sealed: string, name: string): Buffer | undefined {
    const [version, body] = sealed.split('.');
    if (version !== VERSION || body === undefined) return undefined;
    const bytes = Buffer.from(body, 'base64url');
    if (bytes.length < IV_BYTES + TAG_BYTES) return undefined;
    for (const key of this.keys.accepted) {
      const secret = openWith(key, bytes, name);
      if (secret) return secret;
    }
    return undefined;
  }

  /** @returns the secret sealed under the current `APP_SECRET`; undefined if it is already, or does not open */
  reseal(sealed: string, name: string): string | undefined {
    const secret = this.open(sealed, name);
    const body = Buffer.from(sealed.split('.')[1] ?? '', 'base64url');
    return secret && !openWith(this.keys.current, body, name) ? this.seal(secret, name) : undefined;
  }
}

function openWith(key: KeyObject, bytes: Buffer, name: string): Buffer | undefined {
  const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, IV_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(name));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch {
    return undefined;
  }
}
