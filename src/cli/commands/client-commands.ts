import type { JsonValue } from '../../common/json-value.js';
import { ChangeClientDto, CreateClientDto, given } from '../../oauth/clients/client.dto.js';
import { OPERATOR } from '../../oauth/clients/client-writer.js';
import type { StoredClient } from '../../oauth/clients/oauth-client.js';
import { OAuthClients } from '../../oauth/clients/oauth-clients.js';
import type { Command } from '../framework/command.js';
import type { CommandInput } from '../framework/command-input.js';
import { textTable } from '../framework/text-table.js';
import { clientFields, clientOptions } from './client-options.js';

const CLIENT = { name: 'client id' } as const;
const NAME = { name: 'name', value: 'name', summary: 'for people' } as const;
/** As many as one reading gives. */
const PAGE = 500;
const OVERLAP_MAX = 2_592_000;

export const CLIENT_COMMANDS: readonly Command[] = [
  {
    name: 'clients list',
    summary: 'The OAuth clients, in the order in which they were made.',
    run: async (context) => {
      const all = await allOf(await context.service(OAuthClients));
      const rows = all.map(({ client }) => [client.id, client.name, client.type, stateOf(client)]);
      return { text: textTable(['client id', 'name', 'type', 'state'], rows), data: all.map(dataOf) };
    },
  },
  {
    name: 'clients show',
    arguments: [CLIENT],
    summary: 'What is known of the client, but for its secrets: of them no more than how long they are good.',
    run: async (context, input) => {
      const stored = await (await context.service(OAuthClients)).read(input.argument(CLIENT.name));
      const data = dataOf(stored);
      const rows = Object.entries(data).map(([field, value]) => [field, textOf(value)]);
      return { text: textTable(['field', 'value'], rows), data };
    },
  },
  {
    name: 'clients create',
    arguments: [{ name: 'name' }],
    options: clientOptions('type'),
    summary: 'A client. Its secret, if it is to have one, is printed this once.',
    run: async (context, input) => {
      const fields = clientFields(new CreateClientDto(), input, { name: input.argument('name') });
      const { secret, ...stored } = await (
        await context.service(OAuthClients)
      ).create(given(fields), OPERATOR);
      const { id } = stored.client;
      const shown = secret === undefined ? '' : `\nIts secret, shown this once: ${secret}`;
      return {
        text: `The client ${id} is made.${shown}`,
        data: { ...dataOf(stored), ...(secret !== undefined && { secret }) },
      };
    },
  },
  {
    name: 'clients set',
    arguments: [CLIENT],
    options: [NAME, ...clientOptions()],
    summary: 'What is said of the client holds from now on; what is not said stays.',
    run: async (context, input) => {
      const fields = clientFields(new ChangeClientDto(), input, nameIn(input));
      const id = input.argument(CLIENT.name);
      const stored = await (await context.service(OAuthClients)).change(id, given(fields), OPERATOR);
      return { text: `The client ${id} is changed.`, data: dataOf(stored) };
    },
  },
  {
    name: 'clients rotate-secret',
    arguments: [CLIENT],
    options: [
      {
        name: 'overlap',
        value: 'seconds',
        summary: 'how long the secrets of before stay good; a day if nothing is said',
        atMost: OVERLAP_MAX,
      },
      { name: 'now', notWith: 'overlap', summary: 'the secrets of before end at once' },
    ],
    summary: 'Another secret of the client, printed this once. Those of before stay good for a while.',
    run: async (context, input) => {
      const id = input.argument(CLIENT.name);
      const seconds = input.flag('now') ? 0 : overlapIn(input);
      const rotated = await (await context.service(OAuthClients)).rotateSecret(id, OPERATOR, seconds);
      const { secret = '', ...stored } = rotated;
      return {
        text: `The new secret of the client ${id}, shown this once: ${secret}`,
        data: { id, secret, secrets: secretsOf(stored) },
      };
    },
  },
  {
    name: 'clients delete',
    arguments: [CLIENT],
    summary: 'The client is gone, and gets no tokens any more.',
    confirmation: (input) => `Delete the client ${input.argument(CLIENT.name)}?`,
    run: async (context, input) => {
      const id = input.argument(CLIENT.name);
      await (await context.service(OAuthClients)).delete(id, OPERATOR);
      return { text: `The client ${id} is deleted.`, data: { id, deleted: true } };
    },
  },
];

async function allOf(clients: OAuthClients): Promise<StoredClient[]> {
  const all: StoredClient[] = [];
  for (;;) {
    // oxlint-disable-next-line eslint/no-await-in-loop -- each page begins where the one before ended
    const page = await clients.list({ limit: PAGE, after: all.at(-1)?.client.id });
    all.push(...page);
    if (page.length < PAGE) return all;
  }
}

function nameIn(input: CommandInput): { name?: string } {
  const name = input.option(NAME.name);
  return name === undefined ? {} : { name };
}

function overlapIn(input: CommandInput): number | undefined {
  const seconds = input.option('overlap');
  return seconds === undefined ? undefined : Number(seconds);
}

function stateOf({ disabled, fixed }: StoredClient['client']): string {
  return [disabled ? 'disabled' : 'on', ...(fixed ? ['fixed'] : [])].join(', ');
}

function dataOf(stored: StoredClient): Record<string, JsonValue> {
  const { sid: _sid, version: _version, jwks, createdAt, updatedAt, ...client } = stored.client;
  return {
    ...client,
    jwks: jwks && (JSON.parse(JSON.stringify(jwks)) as JsonValue),
    secrets: secretsOf(stored),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

function secretsOf({ secrets }: StoredClient): JsonValue {
  return secrets.map(({ createdAt, expiresAt }) => ({
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
  }));
}

function textOf(value: JsonValue): string {
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
