import { isLoopback } from '../../config/loopback.js';
import type { Check } from './subject.js';

/** `PUBLIC_URL`, and whom the server believes to be a proxy. */
export const addressCheck: Check = {
  name: 'address',
  needs: ['PUBLIC_URL', 'TRUST_PROXY'],
  look: ({ config: { app, http } }, findings) => {
    const { protocol, hostname } = new URL(http.publicUrl);
    const secure = protocol === 'https:';
    if (isLoopback(hostname)) {
      if (app.production)
        findings.fail(
          `PUBLIC_URL is ${http.publicUrl}: links in mails lead to the reader's own machine.`,
          'Set PUBLIC_URL to the address by which users reach the server.',
        );
      else findings.ok(`PUBLIC_URL is ${http.publicUrl}, this machine.`);
    } else if (secure) findings.ok(`PUBLIC_URL is ${http.publicUrl}.`);
    else
      findings[app.production ? 'fail' : 'warn'](
        `PUBLIC_URL is ${http.publicUrl}: passwords and tokens cross the network in the clear.`,
        'Put a proxy that does TLS in front, and set PUBLIC_URL to its https address.',
      );
    // The server speaks no TLS, so that a proxy does.
    if (secure && http.trustProxy === false)
      findings.warn(
        'TRUST_PROXY is not set, and PUBLIC_URL is https: all clients count as the proxy, and share its limits.',
        'Set TRUST_PROXY to the addresses of the proxy, or to how many proxies there are.',
      );
    return Promise.resolve();
  },
};
