import { createHash, randomBytes } from 'node:crypto';
import { freePort } from '../../test/support/services/free-port.js';

/**
 * What makes a server the issuer of other services, which have to know its address, and what tells these of it.
 * @returns {Promise<{ issuer: Record<string, string>, service: Record<string, string> }>} settings of either
 */
export async function issuerAndService() {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const token = randomBytes(32).toString('hex');
  const hash = createHash('sha256').update(token).digest('hex');
  return {
    issuer: { PORT: String(port), PUBLIC_URL: url, REVOCATION_FEED_SERVICES: `bench=${hash}` },
    service: { ISSUER: url, FEED_TOKEN: token },
  };
}
