import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

/** A key shares a lock with what made it, whose collection during an export as JWK stops Node 20 for good. @param pair just made */
export function readAnew({ publicKey, privateKey }: Record<'publicKey' | 'privateKey', KeyObject>) {
  return {
    publicKey: createPublicKey(publicKey.export({ type: 'spki', format: 'pem' })),
    privateKey: createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' })),
  };
}
