import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TestIssuer } from 'latchkey/testing';
import { hearing } from './heard-revocations.js';

const AUDIENCE = 'https://api.example.com';

describe('The examples of other services', () => {
  let issuer: TestIssuer;
  let service: INestApplication;
  let url: string;

  beforeAll(async () => {
    issuer = await TestIssuer.start({ audience: AUDIENCE });
    process.env['ISSUER'] = issuer.url;
    process.env['AUDIENCE'] = AUDIENCE;
    const { InvoicesModule } = await import('./invoices-service.js');
    service = await NestFactory.create(InvoicesModule, { logger: false, abortOnError: false });
    await service.listen(0, '127.0.0.1');
    url = await service.getUrl();
  });

  afterAll(async () => {
    await service?.close();
    await issuer?.close();
  });

  const ask = async (path: string, token?: string) => {
    const response = await fetch(url + path, token ? { headers: { authorization: `Bearer ${token}` } } : {});
    return [response.status, await response.json()];
  };

  it('tell callers what is theirs, by the keys of the issuer', async () => {
    const token = issuer.token({ subject: 'ada', roles: ['user'] });
    expect(await ask('/invoices', token)).toEqual([200, { of: 'ada' }]);
    expect(await ask('/invoices')).toEqual([401, expect.objectContaining({ code: 'TOKEN_MISSING' })]);
    expect((await ask('/invoices/all', token))[0]).toBe(403);
    expect((await ask('/invoices/all', issuer.token({ subject: 'ada', roles: ['admin'] })))[0]).toBe(200);
    expect((await ask('/invoices/prices'))[0]).toBe(200);
  });

  it('want a token for the feed that is one', async () => {
    const module = hearing(issuer.url, AUDIENCE, 'too short');
    const options = { logger: false, abortOnError: false } as const;
    await expect(NestFactory.create(module, options)).rejects.toThrow(/revocations\.token must be/);
  });
});
