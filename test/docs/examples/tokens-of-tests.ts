import type { Clock } from 'latchkey';
import { TestIssuer } from 'latchkey/testing';

/** Tokens of an issuer that stands in for Latchkey, where your own routes are what is tested. */
export async function tokensOfTests(clock: Clock) {
  const issuer = await TestIssuer.start({ audience: 'https://api.example.com', clock });
  const good = issuer.token({ subject: 'ada', roles: ['admin'], scopes: ['invoices:read'] });
  const bad = [
    issuer.token({ expired: true }),
    issuer.token({ audience: 'https://another.example.com' }),
    issuer.token({ algorithm: 'none' }), // or HS256, with the public key as the secret
    issuer.token({ forged: true }), // signed by another key
  ];
  const revoked = issuer.token();
  await issuer.revoke(revoked); // or { sessionId }, or { subject }
  return { issuer, good, bad, revoked };
}
