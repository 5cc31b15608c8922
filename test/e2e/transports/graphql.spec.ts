import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ModulesContainer } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { FieldGuardsCheck } from '../../../src/graphql/field-guards-check.js';
import { graphql } from '../../../src/graphql/index.js';
import { TokenKey } from '../../../src/tokens/keys/token-key.js';
import type { SignedIn } from '../../support/api-client.js';
import { oauthToken } from '../../support/oauth-tokens.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { GraphqlSubscription } from './graphql-subscription.js';
import { PATIENT } from './patient.js';
import {
  OfBaseResolver,
  OfClassResolver,
  OfPublicClassResolver,
  PublicFieldResolver,
  PublicReferenceResolver,
  ReferenceResolver,
} from './field-resolvers.js';
import { OrdersGraphModule } from './orders-resolver.js';

interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: { readonly message: string; readonly path: string[]; readonly extensions: object }[];
}

describe('Operations of GraphQL', () => {
  let server: TestApp;
  let user: SignedIn;

  beforeAll(async () => {
    server = await startTestApp({
      environment: PATIENT,
      transports: [graphql()],
      imports: [OrdersGraphModule],
    });
    user = (await server.api.register()).body;
  });

  afterAll(async () => {
    await server.close();
  });

  const post = async <Body = Answer>(body: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return (await response.json()) as Body;
  };
  const ask = (query: string, token?: string) =>
    post({ query }, token === undefined ? {} : { authorization: `Bearer ${token}` });

  it('are let in by the token of the request, and resolvers know the caller', async () => {
    expect(await ask('{ me }', user.accessToken)).toEqual({ data: { me: user.user.id } });
  });

  it('are let in without one where all of it is public', async () => {
    expect(await ask('{ terms }')).toEqual({ data: { terms: 'Thirty days.' } });
    expect(await ask('{ terms me }')).toMatchObject({ data: null, errors: [{ path: ['me'] }] });
  });

  it.each([
    ['no token', undefined, 'TOKEN_MISSING'],
    ['what is no token', 'rubbish', 'TOKEN_INVALID'],
  ])('are UNAUTHENTICATED with %s', async (_what, token, latchkeyCode) => {
    const { errors } = await ask('{ me }', token);
    expect(errors?.[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED', latchkeyCode, status: 401 });
  });

  it('are FORBIDDEN where an OAuth client comes by itself', async () => {
    const { errors } = await ask('{ me }', await oauthToken(server.app, 'billing', 'billing'));
    expect(errors?.[0]?.extensions).toEqual({
      code: 'FORBIDDEN',
      latchkeyCode: 'USER_REQUIRED',
      status: 403,
    });
  });

  it('are FORBIDDEN where a scope is missing', async () => {
    const { errors } = await ask('mutation { refund }', user.accessToken);
    expect(errors?.[0]?.extensions).toEqual({
      code: 'FORBIDDEN',
      latchkeyCode: 'INSUFFICIENT_SCOPE',
      status: 403,
    });
  });

  it('are answered but for the fields whose role is missing', async () => {
    const { data, errors } = await ask('{ order { id number margin } }', user.accessToken);
    expect(data).toEqual({ order: { id: '1', number: 'A-1', margin: null } });
    expect(errors).toMatchObject([
      { path: ['order', 'margin'], extensions: { latchkeyCode: 'INSUFFICIENT_ROLE' } },
    ]);
  });

  it('tell of errors of resolvers what HTTP tells, and no more', async () => {
    const { errors } = await ask('{ missing }', user.accessToken);
    expect(errors?.[0]?.extensions).toMatchObject({
      code: 'NOT_FOUND',
      latchkeyCode: 'NOT_FOUND',
      status: 404,
    });
    const failed = await ask('{ fails }', user.accessToken);
    expect(failed.errors?.[0]?.extensions).toMatchObject({
      code: 'INTERNAL_SERVER_ERROR',
      latchkeyCode: 'INTERNAL',
    });
    expect(JSON.stringify(failed)).not.toContain('secret');
  });

  it('of one request have its token verified once, however many fields and operations there are', async () => {
    const { accessToken } = (await server.api.register()).body;
    const verified = jest.spyOn(TokenKey.prototype, 'verifySignature');
    const query = `{ ${['a', 'b', 'c', 'd'].map((alias) => `${alias}: me`).join(' ')} }`;
    const answers = await post<Answer[]>([{ query }, { query }], { authorization: `Bearer ${accessToken}` });
    expect(answers.map(({ data }) => Object.keys(data ?? {}))).toEqual([
      ['a', 'b', 'c', 'd'],
      ['a', 'b', 'c', 'd'],
    ]);
    expect(verified.mock.calls).toEqual([[accessToken]]);
  });

  it('stop the start where roles of a field would not hold', () => {
    const modules = server.app.get(ModulesContainer);
    const options = [...modules.values()].flatMap(({ providers }) => providers.get('GqlModuleOptions') ?? []);
    const check = new FieldGuardsCheck(modules);
    expect(() => check.onModuleInit()).not.toThrow();
    const instance = options[0]?.instance as { fieldResolverEnhancers: string[] };
    const enhancers = instance.fieldResolverEnhancers;
    instance.fieldResolverEnhancers = [];
    expect(() => check.onModuleInit()).toThrow(/OrdersResolver\.margin has roles or scopes/);
    instance.fieldResolverEnhancers = enhancers;
  });

  it.each([
    ['of its class', OfClassResolver, /OfClassResolver\.cost has roles or scopes/],
    ['of a base class', OfBaseResolver, /OfBaseResolver\.cost has roles or scopes/],
  ])('stop the start where roles %s would not hold for a field', async (_what, resolver, message) => {
    const context = await Test.createTestingModule({ providers: [resolver, FieldGuardsCheck] }).compile();
    expect(() => context.get(FieldGuardsCheck).onModuleInit()).toThrow(message);
  });

  it('stop the start where a reference of a federation would not be guarded', async () => {
    const providers = [ReferenceResolver, FieldGuardsCheck];
    const context = await Test.createTestingModule({ providers }).compile();
    expect(() => context.get(FieldGuardsCheck).onModuleInit()).toThrow(
      /ReferenceResolver\.resolveReference needs a token/,
    );
    const options = { provide: 'GqlModuleOptions', useValue: { fieldResolverEnhancers: ['guards'] } };
    const guarded = await Test.createTestingModule({ providers: [...providers, options] }).compile();
    expect(() => guarded.get(FieldGuardsCheck).onModuleInit()).not.toThrow();
  });

  it.each([
    ['the only field of a class with roles', PublicFieldResolver],
    ['a reference of a federation', PublicReferenceResolver],
    ['the class of a reference', OfPublicClassResolver],
  ])('start where %s is public', async (_what, resolver) => {
    const providers = [resolver, FieldGuardsCheck];
    const context = await Test.createTestingModule({ providers }).compile();
    expect(() => context.get(FieldGuardsCheck).onModuleInit()).not.toThrow();
  });

  const subscribe = (params: Record<string, unknown>) => new GraphqlSubscription(server.url, { params });

  it('that are subscriptions are let in by the token of the connection, until that is revoked', async () => {
    const { accessToken } = (await server.api.register()).body;
    const { first, closed } = subscribe({ Authorization: `Bearer ${accessToken}` });
    expect(await first).toEqual({ data: { events: 'begun' } });
    await server.api.post('/api/auth/logout', undefined, { token: accessToken });
    expect(await closed).toEqual({ code: 4403, reason: 'TOKEN_REVOKED' });
  });

  it('that are subscriptions are refused without one', async () => {
    const subscription = subscribe({});
    expect(await subscription.first).toMatchObject({
      errors: [{ extensions: { code: 'UNAUTHENTICATED', latchkeyCode: 'TOKEN_MISSING' } }],
    });
    await subscription.end();
  });

  // Last: the time goes on for all of them.
  it('that are subscriptions end when their token expires', async () => {
    const { first, closed } = subscribe({ authorization: `Bearer ${user.accessToken}` });
    await first;
    server.clock.advance(15 * 60_000);
    expect(await closed).toEqual({ code: 4403, reason: 'TOKEN_EXPIRED' });
  });
});
