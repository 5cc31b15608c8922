import type { ExternalSigningKey } from 'oidc-provider';
import type { SigningKeys } from '../../tokens/keys/signing-keys.js';
import type { TokenKey } from '../../tokens/keys/token-key.js';

/** What the protocol library exports of it; loaded only where there is an authorization server. */
interface Library {
  readonly ExternalSigningKey: typeof ExternalSigningKey;
}

/** The keys that ID tokens and logout tokens are signed with and known by: those of access tokens, and no others. */
export function providerKeys(library: Library, keys: SigningKeys): ExternalSigningKey[] {
  const { current } = keys;
  const others = keys.all.filter(({ kid }) => kid !== current.kid);
  return [current, ...others]
    .filter(({ publicJwk }) => publicJwk !== null)
    .map((key) => ofTokenKey(library, key));
}

/** Changes when another key signs, or one is known no more. */
export function versionOfKeys(keys: SigningKeys): string {
  return [keys.current.kid, ...keys.all.map(({ kid }) => kid)].join();
}

function ofTokenKey(library: Library, key: TokenKey): ExternalSigningKey {
  class LatchkeySigningKey extends library.ExternalSigningKey {
    override keyObject() {
      return key.verificationKey;
    }

    override async sign(data: Uint8Array): Promise<Uint8Array> {
      return key.signature(Buffer.from(data));
    }
  }
  const signing = new LatchkeySigningKey();
  Object.assign(signing, { kid: key.kid, alg: key.alg });
  return signing;
}
