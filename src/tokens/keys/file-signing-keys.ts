import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { Injectable, Logger } from '@nestjs/common';
import { NO_PATIENCE, readSmallFile } from '../../common/read-small-file.js';
import { TokensConfig } from '../../config/config.js';
import { toldAsWritten } from '../../config/told-as-written.js';
import { rsaWeaknessOf } from './rsa-weakness.js';
import { algorithmOf } from './signing-algorithm.js';
import { SigningKeyError, type SigningKeySet, SigningKeySource } from './signing-key-source.js';
import { TokenKey } from './token-key.js';

/** Milliseconds. */
const LOOK_INTERVAL = 2_000;
const RSA_MIN_BITS = 2048;
const RSA_ADVISED_BITS = 3072;

/** PEM files mounted by a secret manager: the first signs, the others (private or public) only verify. */
@Injectable()
export class FileSigningKeys extends SigningKeySource {
  private readonly logger = new Logger('SigningKeys');
  private seen = '';

  constructor(private readonly config: TokensConfig) {
    super();
  }

  async load(): Promise<SigningKeySet> {
    try {
      return await this.readAll();
    } catch (error) {
      throw toldAsWritten(this.config, error);
    }
  }

  private async readAll(): Promise<SigningKeySet> {
    const isStart = this.seen === '';
    // Before they are read: what is written while they are is seen as a change.
    this.seen = await this.look();
    const all = this.config.signingKeyFiles.map((path) => this.read(path, isStart));
    const [current] = all;
    if (!current?.canSign) {
      throw new SigningKeyError('SIGNING_KEY_FILES: the first file must hold a private key, since it signs.');
    }
    const wanted = this.config.signingAlg;
    // ES256 is also the default, so that it does not contradict a key of another kind.
    if (current.alg !== wanted && wanted !== 'ES256') {
      throw new SigningKeyError(
        `SIGNING_KEY_FILES: the first key is for ${current.alg}, but SIGNING_ALG is ${wanted}.`,
      );
    }
    return { current, all };
  }

  /**
   * Asks the file system now and then, which notices whatever way a file is replaced, Kubernetes' exchange of a symbolic
   * link to a whole directory included.
   */
  override watch(changed: () => void): () => void {
    let isLooking = false;
    const look = async (): Promise<void> => {
      // A slow file system: two looks would tell of one change twice.
      if (isLooking) return;
      isLooking = true;
      const found = await this.look();
      isLooking = false;
      if (found !== this.seen) changed();
    };
    const timer = setInterval(() => void look(), LOOK_INTERVAL).unref();
    return () => clearInterval(timer);
  }

  /** What changes with the files; a missing one is a change, too. */
  private async look(): Promise<string> {
    const looks = this.config.signingKeyFiles.map((path) =>
      stat(path).then(
        ({ dev, ino, size, mtimeMs, ctimeMs }) => [dev, ino, size, mtimeMs, ctimeMs].join(),
        (error: unknown) => (error as NodeJS.ErrnoException).code,
      ),
    );
    return (await Promise.all(looks)).join(';');
  }

  private read(path: string, isStart: boolean): TokenKey {
    const key = parsePem(readKeyFile(path, isStart), path);
    const alg = algorithmOf(key, this.config.signingAlg === 'PS256' ? 'PS256' : 'RS256');
    if (!alg) {
      throw new SigningKeyError(`SIGNING_KEY_FILES: ${path} holds no RSA, P-256 or P-384 key.`);
    }
    const bits = key.asymmetricKeyDetails?.modulusLength ?? RSA_ADVISED_BITS;
    if (bits < RSA_MIN_BITS) {
      throw new SigningKeyError(
        `SIGNING_KEY_FILES: ${path} has ${bits} bits; RSA needs ${RSA_MIN_BITS} or more.`,
      );
    }
    const weakness = rsaWeaknessOf(key);
    if (weakness !== undefined) throw new SigningKeyError(`SIGNING_KEY_FILES: ${path} ${weakness}.`);
    if (bits < RSA_ADVISED_BITS)
      this.logger.warn(`${path} has ${bits} bits; ${RSA_ADVISED_BITS} are advised.`);
    return TokenKey.asymmetric(key, alg);
  }
}

/** Only a start waits for a pipe's writer. */
function readKeyFile(path: string, isStart: boolean): string {
  try {
    return isStart ? readSmallFile(path) : readSmallFile(path, NO_PATIENCE);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new SigningKeyError(`SIGNING_KEY_FILES: ${path} cannot be read (${code}).`, { cause: error });
  }
}

function parsePem(pem: string, path: string): KeyObject {
  try {
    return pem.includes('PRIVATE KEY') ? createPrivateKey(pem) : createPublicKey(pem);
  } catch (error) {
    throw new SigningKeyError(`SIGNING_KEY_FILES: ${path} holds no unencrypted PEM key.`, { cause: error });
  }
}
