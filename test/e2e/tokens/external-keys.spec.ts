import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { type SigningKeySet, SigningKeySource, TokenKey } from '../../../src/index.js';
import { SigningKeyRotation } from '../../../src/tokens/keys/signing-key-rotation.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { expectProblem } from '../support/problems.js';

/** Has a key that never leaves its thread; signs whatever it is sent, in DER. */
const HSM = `
  const { generateKeyPairSync, sign } = require('node:crypto');
  const { parentPort } = require('node:worker_threads');
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  parentPort.postMessage({ publicKey: publicKey.export({ format: 'jwk' }) });
  let broken = false;
  parentPort.on('message', ({ id, input, breakDown }) => {
    if (breakDown !== undefined) broken = breakDown;
    else if (broken) parentPort.postMessage({ id, signature: new Uint8Array(70) });
    else parentPort.postMessage({ id, signature: sign('sha256', input, privateKey) });
  });
`;

class Hsm {
  private readonly worker = new Worker(HSM, { eval: true });
  private readonly waiting = new Map<number, (signature: Uint8Array) => void>();
  readonly publicKey: Promise<KeyObject>;
  signed = 0;

  constructor() {
    this.publicKey = new Promise((resolve) => {
      this.worker.on('message', ({ publicKey, id, signature }: HsmMessage) => {
        if (publicKey) resolve(createPublicKey({ key: publicKey, format: 'jwk' }));
        if (id !== undefined && signature) this.waiting.get(id)?.(signature);
      });
    });
  }

  async sign(input: Uint8Array): Promise<Uint8Array> {
    const id = (this.signed += 1);
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.post({ id, input: Uint8Array.from(input) });
    });
  }

  breakDown(breakDown: boolean): void {
    this.post({ breakDown });
  }

  private post(message: object): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    this.worker.postMessage(message);
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }
}

interface HsmMessage {
  publicKey?: JsonWebKey;
  id?: number;
  signature?: Uint8Array;
}

class HsmKeys extends SigningKeySource {
  constructor(private readonly hsm: Hsm) {
    super();
  }

  async load(): Promise<SigningKeySet> {
    const signer = { sign: async (input: Buffer) => this.hsm.sign(input), der: true };
    const current = TokenKey.external(await this.hsm.publicKey, 'ES256', signer);
    return { current, all: [current] };
  }
}

describe('a server whose signing key is in an HSM', () => {
  const hsm = new Hsm();
  let server: TestApp;

  beforeAll(async () => {
    server = await startTestApp({
      providers: [{ provide: SigningKeySource, useValue: new HsmKeys(hsm) }],
    });
  });

  afterAll(async () => {
    await server.close();
    await hsm.close();
  });

  it('has every token signed there, and publishes the key', async () => {
    const { accessToken, user } = (await server.api.register()).body;
    const jwks = createRemoteJWKSet(new URL(`${server.url}/.well-known/jwks.json`));
    const { payload } = await jwtVerify(accessToken, jwks, { typ: 'at+jwt', algorithms: ['ES256'] });

    expect(payload.sub).toBe(user.id);
    expect(hsm.signed).toBe(1);
    expect(decodeProtectedHeader(accessToken).kid).toBe(
      TokenKey.asymmetric(await hsm.publicKey, 'ES256').kid,
    );
    expect((await server.api.profile(accessToken)).status).toBe(200);
  });

  it('answers 503 while it signs wrongly, and gives out no such token', async () => {
    const { user } = (await server.api.register()).body;
    hsm.breakDown(true);
    expectProblem(await server.api.login(user.email), 503, 'UNAVAILABLE');
    hsm.breakDown(false);
    expect((await server.api.login(user.email)).status).toBe(200);
  });

  it('does not rotate keys of the database that it does not use', async () => {
    await expect(server.app.get(SigningKeyRotation).rotate()).rejects.toThrow('not those of the database');
  });
});
