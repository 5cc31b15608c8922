import { TokenRevocationsService } from '../admin/token-revocations.service.js';
import { LatchkeyError } from '../common/errors/latchkey-error.js';
import { readClaims } from '../tokens/access/access-token-claims.js';
import { parseCompactJws } from '../tokens/access/compact-jws.js';

import type { Command } from './command.js';

/** As the issuer writes it: revocations are looked up by this text. */
const TOKEN_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const TOKEN_COMMANDS: readonly Command[] = [
  {
    name: 'tokens revoke',
    arguments: ['jti or access token'],
    summary: 'One access token dies; its session goes on.',
    run: async (app, token = '') => {
      const id = tokenIdOf(token);
      await app.get(TokenRevocationsService).revoke(id);
      return `The access token ${id} is revoked.`;
    },
  },
  {
    name: 'tokens revoke-all',
    summary: 'All access tokens of all users die; the sessions go on.',
    run: async (app) => {
      await app.get(TokenRevocationsService).revokeAll();
      return 'All access tokens issued until now are revoked. Clients refresh theirs.';
    },
  },
];

/** The signature is not checked: revoking is harmless. The text may be a secret, and is not repeated. */
function tokenIdOf(argument: string): string {
  const text = argument.trim();
  const jws = parseCompactJws(text);
  const id = jws ? readClaims(jws.payload)?.jti : text;
  if (id !== undefined && TOKEN_ID.test(id)) return id;
  throw new LatchkeyError(
    'VALIDATION_FAILED',
    'This is neither the jti of an access token nor an access token.',
  );
}
