import type { JsonValue } from '../../common/json-value.js';
import { OPERATOR } from '../../oauth/clients/client-writer.js';
import type { InitialAccessToken } from '../../oauth/registration/initial-access-token.js';
import {
  CreateInitialAccessTokenDto,
  LIFETIME,
  lifetimeOf,
  tokenSettingsOf,
  USES,
} from '../../oauth/registration/initial-access-token.dto.js';
import { InitialAccessTokens } from '../../oauth/registration/initial-access-tokens.js';
import type { Command } from '../framework/command.js';
import type { CommandInput } from '../framework/command-input.js';
import { textTable } from '../framework/text-table.js';
import { clientFields, clientOptions } from './client-options.js';

const TOKEN = { name: 'token id' } as const;
/** As many as one reading gives. */
const PAGE = 500;

export const INITIAL_ACCESS_TOKEN_COMMANDS: readonly Command[] = [
  {
    name: 'initial-access-tokens list',
    summary: 'The tokens by which applications register themselves as OAuth clients, until they expire.',
    run: async (context) => {
      const all = await allOf(await context.service(InitialAccessTokens));
      const rows = all.map((token) => [
        token.id,
        token.name,
        `${token.usesLeft} of ${token.uses}`,
        token.expiresAt.toISOString(),
      ]);
      return { text: textTable(['token id', 'name', 'uses left', 'expires'], rows), data: all.map(dataOf) };
    },
  },
  {
    name: 'initial-access-tokens create',
    arguments: [{ name: 'name' }],
    options: [
      ...clientOptions().filter(({ name }) => name === 'grants' || name === 'scopes'),
      {
        name: 'uses',
        value: 'count',
        summary: 'how many clients register with it; one if nothing is said',
        atMost: USES.max,
      },
      {
        name: 'expires-in',
        value: 'seconds',
        summary: 'how long it is good, from a minute; a day if nothing is said',
        atMost: LIFETIME.max,
      },
    ],
    summary: 'A token by which an application registers itself as an OAuth client. It is printed this once.',
    run: async (context, input) => {
      const fields = { name: input.argument('name'), ...numbersIn(input) };
      const body = clientFields(new CreateInitialAccessTokenDto(), input, fields);
      const tokens = await context.service(InitialAccessTokens);
      const { token, ...made } = await tokens.create(tokenSettingsOf(body), lifetimeOf(body), OPERATOR);
      return {
        text: `The token ${made.id} is made, and good until ${made.expiresAt.toISOString()}.\nShown this once: ${token}`,
        data: { ...dataOf(made), token },
      };
    },
  },
  {
    name: 'initial-access-tokens revoke',
    arguments: [TOKEN],
    summary: 'No application registers with the token any more. Clients that did stay.',
    run: async (context, input) => {
      const id = input.argument(TOKEN.name);
      await (await context.service(InitialAccessTokens)).revoke(id, OPERATOR);
      return { text: `The token ${id} is revoked.`, data: { id, revoked: true } };
    },
  },
];

async function allOf(tokens: InitialAccessTokens): Promise<InitialAccessToken[]> {
  const all: InitialAccessToken[] = [];
  for (;;) {
    // oxlint-disable-next-line eslint/no-await-in-loop -- each page begins where the one before ended
    const page = await tokens.list({ limit: PAGE, after: all.at(-1)?.id });
    all.push(...page);
    if (page.length < PAGE) return all;
  }
}

function numbersIn(input: CommandInput): { uses?: number; expiresInSeconds?: number } {
  const uses = input.option('uses');
  const seconds = input.option('expires-in');
  return {
    ...(uses !== undefined && { uses: Number(uses) }),
    ...(seconds !== undefined && { expiresInSeconds: Number(seconds) }),
  };
}

function dataOf(token: InitialAccessToken): Record<string, JsonValue> {
  const { createdAt, expiresAt, grants, scopes, ...others } = token;
  const lists = { grants: [...grants], scopes: [...scopes] };
  return { ...others, ...lists, createdAt: createdAt.toISOString(), expiresAt: expiresAt.toISOString() };
}
