import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import type { AdapterPayload, Provider } from 'oidc-provider';
import type { OAuthClient } from '../clients/oauth-client.js';
import { rememberClients } from './remembered-clients.js';

const METADATA = {
  client_id: 'shop',
  redirect_uris: ['https://shop.example.com/back'],
  client_secret: 'secret',
};

let provider: Provider;
let reads: number;
/** What the store knows now. */
let stored: OAuthClient | undefined;
let whileReading: () => void;

const version = (disabled = false) => ({ id: 'shop', disabled }) as OAuthClient;

beforeEach(async () => {
  // Of the library, that its keys and pages are for development, and of older versions of Node.js.
  jest.spyOn(console, 'warn').mockReturnValue();
  const library = await import('oidc-provider');
  reads = 0;
  stored = version();
  whileReading = () => undefined;
  class Adapter {
    find = (): Promise<AdapterPayload | undefined> => {
      reads += 1;
      whileReading();
      return Promise.resolve(METADATA);
    };
    upsert = () => Promise.resolve();
    destroy = () => Promise.resolve();
    consume = () => Promise.resolve();
    revokeByGrantId = () => Promise.resolve();
    findByUid = () => Promise.resolve(undefined);
    findByUserCode = () => Promise.resolve(undefined);
  }
  provider = new library.Provider('https://as.example.com', { adapter: Adapter });
  rememberClients(provider, { find: () => Promise.resolve(stored) });
});

afterEach(() => {
  jest.restoreAllMocks();
});

it('reads a client once, however often it is asked for', async () => {
  const first = await provider.Client.find('shop');
  expect(first?.redirectUris).toEqual(METADATA.redirect_uris);
  expect(await provider.Client.find('shop')).toBe(first);
  expect(reads).toBe(1);
});

it('reads it again once it has changed', async () => {
  await provider.Client.find('shop');
  stored = version();
  await provider.Client.find('shop');
  expect(reads).toBe(2);
});

it('knows none that is disabled or gone, also if it was read before', async () => {
  await provider.Client.find('shop');
  stored = version(true);
  expect(await provider.Client.find('shop')).toBeUndefined();
  stored = undefined;
  expect(await provider.Client.find('shop')).toBeUndefined();
  expect(reads).toBe(1);
});

it('does not remember what was read while it changed', async () => {
  const before = stored;
  whileReading = () => {
    stored = version();
  };
  await provider.Client.find('shop');
  stored = before;
  whileReading = () => undefined;
  await provider.Client.find('shop');
  expect(reads).toBe(2);
});
