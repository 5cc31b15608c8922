import { TokenRevocationsService } from '../../admin/token-revocations.service.js';
import { LatchkeyError } from '../../common/errors/latchkey-error.js';
import { readClaims } from '../../tokens/access/access-token-claims.js';
import { parseCompactJws } from '../../tokens/access/compact-jws.js';
import type { Command } from '../framework/command.js';

/** As the issuer writes it: revocations are looked up by this text. */
const TOKEN_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const TOKEN_COMMANDS: readonly Command[] = [
  {
    name: 'tokens revoke',
    arguments: [{ name: 'jti or access token' }],
    summary: 'One access token dies; its session goes on.',
    run: async (context, input) => {
      const id = tokenIdOf(input.argument('jti or access token'));
      await (await context.service(TokenRevocationsService)).revoke(id);
      return { text: `The access token ${id} is revoked.`, data: { jti: id, revoked: true } };
    },
  },
  {
    name: 'tokens revoke-all',
    summary: 'All access tokens of all users die; the sessions go on.',
    confirmation: () => 'Revoke all access tokens of all users?',
    run: async (context) => {
      await (await context.service(TokenRevocationsService)).revokeAll();
      const text = 'All access tokens issued until now are revoked. Clients refresh theirs.';
      return { text, data: { revoked: 'all' } };
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
