import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as oidc from 'openid-client';
import { DatabaseConnection } from '../../../src/database/database.js';
import { roles } from '../../../src/users/users.table.js';
import { temporaryDirectory, type TemporaryDirectory } from '../../support/test-config.js';
import { fetchDocument } from '../support/openapi-document.js';
import { PageVisitor } from '../support/page-visitor.js';
import { TestAuthorizationServer } from './authorization-server.js';
import { Person } from './person.js';

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const ORDERS = 'orders:read';
/** Named in English alone. */
const INVOICES = 'invoices:read';
const NAMELESS = 'stock:read';
const SCOPE = `openid ${ORDERS} ${INVOICES} ${NAMELESS} users:read`;

describe('Scopes that a team has words for', () => {
  let directory: TemporaryDirectory;
  let as: TestAuthorizationServer;

  beforeAll(async () => {
    directory = temporaryDirectory();
    mkdirSync(join(directory.path, 'languages'));
    const write = (language: string, words: Record<string, string>) =>
      writeFileSync(join(directory.path, 'languages', `${language}.json`), JSON.stringify(words));
    write('en', { [`scope.${ORDERS}`]: 'See your orders <all>', [`scope.${INVOICES}`]: 'See your invoices' });
    write('de', { [`scope.${ORDERS}`]: 'Ihre Bestellungen sehen', 'scope.users:read': 'Alle Kunden sehen' });
    write('fr', { 'scope.openid': 'Savoir qui vous êtes' });
    as = await TestAuthorizationServer.start({ environment: { PAGES_DIR: directory.path } });
    const { db } = as.server.app.get(DatabaseConnection, { strict: false });
    await db.insert(roles).values({ name: 'sales', scopes: [ORDERS, INVOICES, NAMELESS], description: '' });
  });
  afterAll(async () => {
    await as.close();
    directory.remove();
  });

  const client = (settings: Parameters<TestAuthorizationServer['client']>[0] = {}) =>
    as.client({ firstParty: false, scopes: SCOPE.split(' '), ...settings });
  const personOf = async (language: string) => {
    const visitor = new PageVisitor(as.url, { 'Accept-Language': language }, as.origin);
    return new Person(as, await client(), visitor).signedIn();
  };
  const itemsOf = (html: string) => [...html.matchAll(/<li>([^<]+)<\/li>/g)].map(([, text = '']) => text);

  it.each([
    [
      'en',
      [
        'Know who you are, by the number of your account',
        'See your orders &lt;all&gt;',
        'See your invoices',
        `Do for you: ${NAMELESS}`,
        'See the accounts of all users',
      ],
    ],
    [
      'de',
      [
        'Wissen, wer Sie sind, anhand der Nummer Ihres Kontos',
        'Ihre Bestellungen sehen',
        'See your invoices',
        `Für Sie tun: ${NAMELESS}`,
        'Alle Kunden sehen',
      ],
    ],
    [
      'fr',
      [
        'Savoir qui vous êtes',
        'See your orders &lt;all&gt;',
        'See your invoices',
        `Do for you: ${NAMELESS}`,
        'See the accounts of all users',
      ],
    ],
  ])('stand with them on the page of consent, and then of applications, in %s', async (language, texts) => {
    const ada = await personOf(language);
    const consent = await ada.ask({ scope: SCOPE });
    expect(itemsOf(consent.html)).toEqual(texts);
    await ada.answer(consent, 'allow');
    const { html } = await ada.visitor.open('/account/applications');
    expect(itemsOf(html).toSorted()).toEqual(texts.toSorted());
  });

  it('stand with them on the page of devices', async () => {
    const config = await client({ type: 'public', grants: [DEVICE_GRANT], redirectUris: [] });
    const { user_code } = await oidc.initiateDeviceAuthorization(config, { scope: SCOPE });
    const { visitor } = await personOf('de');
    await visitor.open('/oauth/device');
    const page = await visitor.submit('/oauth/device', { user_code });
    expect(itemsOf(page.html)).toEqual(
      expect.arrayContaining(['Ihre Bestellungen sehen', `Für Sie tun: ${NAMELESS}`]),
    );
  });

  it('that Swagger UI asks for stand in the OpenAPI document as on the pages', async () => {
    const { components } = await fetchDocument(as.url);
    const { oauth2 } = components.securitySchemes as {
      readonly oauth2: { readonly flows: { readonly authorizationCode: { readonly scopes: object } } };
    };
    expect(oauth2.flows.authorizationCode.scopes).toMatchObject({
      account: expect.stringMatching(/^Use your whole account: /),
      'users:read': 'See the accounts of all users',
    });
  });
});
