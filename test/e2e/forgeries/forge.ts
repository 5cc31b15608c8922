import {
  createHmac,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import type { SigningAlg } from '../../../src/config/config.js';
import { decodePart, encodePart, signJws } from '../../support/jws.js';
import { readAnew } from '../../support/read-anew.js';

export type AsymmetricAlg = Exclude<SigningAlg, 'HS256'>;

/** A private key for the algorithm, or a shared secret of 32 bytes. */
export function generateKeyFor(alg: SigningAlg): KeyObject {
  const generators: Record<SigningAlg, () => KeyObject> = {
    HS256: () => createSecretKey(Buffer.from(randomBytes(32).toString('hex'))),
    ES256: () => readAnew(generateKeyPairSync('ec', { namedCurve: 'P-256' })).privateKey,
    ES384: () => readAnew(generateKeyPairSync('ec', { namedCurve: 'P-384' })).privateKey,
    RS256: () => readAnew(generateKeyPairSync('rsa', { modulusLength: 2048 })).privateKey,
    PS256: () => readAnew(generateKeyPairSync('rsa', { modulusLength: 2048 })).privateKey,
  };
  return generators[alg]();
}

export interface Parts {
  /** JSON as a text is signed as it is written; so are bytes. */
  readonly header?: unknown;
  readonly payload?: unknown;
}

/**
 * Makes tokens like one that the server issued, and signs them as the server would: what is refused is refused for the
 * one thing that was changed. It also has a key of its own, which the server does not know.
 */
export class Forge {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly foreignKey: KeyObject;

  /**
   * @param key the server's own private key or secret
   * @param genuine a token that the server issued
   * @param trap the address of a server that would give out the foreign key, if asked
   */
  constructor(
    readonly alg: SigningAlg,
    readonly key: KeyObject,
    readonly genuine: string,
    readonly trap: string,
  ) {
    const [header, payload] = genuine.split('.');
    this.header = decodePart(header);
    this.claims = decodePart(payload);
    this.foreignKey = generateKeyFor(alg);
  }

  /** Undefined for HS256. */
  get publicKey(): KeyObject | undefined {
    return this.key.type === 'private' ? createPublicKey(this.key) : undefined;
  }

  /** The foreign key as a verifier would be given it. */
  get foreignJwk(): Record<string, unknown> {
    const key = this.foreignKey.type === 'private' ? createPublicKey(this.foreignKey) : this.foreignKey;
    return { ...key.export({ format: 'jwk' }), alg: this.alg, use: 'sig', kid: 'foreign' };
  }

  /** Truly signed, whatever is in it. */
  token({ header = this.header, payload = this.claims }: Parts = {}): string {
    return this.signed(`${encodePart(header)}.${encodePart(payload)}`);
  }

  withHeader(changes: Record<string, unknown>): string {
    return this.token({ header: { ...this.header, ...changes } });
  }

  withClaims(changes: Record<string, unknown>): string {
    return this.token({ payload: { ...this.claims, ...changes } });
  }

  /** The claim is written just so, as no JSON.stringify would. */
  withClaimText(name: string, text: string): string {
    const payload = JSON.stringify({ ...this.claims, [name]: '@' });
    return this.token({ payload: payload.replace(`"${name}":"@"`, () => `"${name}":${text}`) });
  }

  /** @param input header and payload as they stand in the token, with the dot between them */
  signed(input: string): string {
    return `${input}.${signJws(input, this.alg, this.key).toString('base64url')}`;
  }

  /** Signed with the key that the server does not know. */
  signedByForeigner({ header = this.header, payload = this.claims }: Parts = {}): string {
    const input = `${encodePart(header)}.${encodePart(payload)}`;
    return `${input}.${signJws(input, this.alg, this.foreignKey).toString('base64url')}`;
  }

  /** The genuine token with another signature. */
  withSignature(signature: Buffer): string {
    return `${this.genuine.slice(0, this.genuine.lastIndexOf('.'))}.${signature.toString('base64url')}`;
  }

  get signature(): Buffer {
    return Buffer.from(this.genuine.slice(this.genuine.lastIndexOf('.') + 1), 'base64url');
  }

  /** @param alg e.g. `HS256`, also the hash that is used */
  maced(secret: string | Buffer, alg: string, headerChanges: Record<string, unknown> = {}): string {
    const header = { ...this.header, alg, ...headerChanges };
    const input = `${encodePart(header)}.${encodePart(this.claims)}`;
    const mac = createHmac(`sha${alg.slice(2)}`, secret).update(input);
    return `${input}.${mac.digest('base64url')}`;
  }
}

/** A forgery, and what the server says of it. */
export interface Row {
  /** What is refused. */
  readonly title: string;
  /** Several where one thing can be done in several ways. */
  readonly make: (forge: Forge) => Made | Promise<Made>;
  /** The servers that it makes sense for; otherwise all. */
  readonly only?: readonly SigningAlg[];
  /** `TOKEN_INVALID` unless given. */
  readonly code?: 'TOKEN_EXPIRED' | 'TOKEN_MISSING';
}

type Made = string | readonly string[];

export function row(title: string, make: Row['make'], rest: Pick<Row, 'only' | 'code'> = {}): Row {
  return { title, make, ...rest };
}

/** Rows and lists of rows, in one list. */
export function rowsOf(...rows: (Row | readonly Row[])[]): Row[] {
  return rows.flat();
}

export const ECDSA: readonly SigningAlg[] = ['ES256', 'ES384'];
export const RSA: readonly SigningAlg[] = ['RS256', 'PS256'];
export const ASYMMETRIC: readonly SigningAlg[] = [...ECDSA, ...RSA];
