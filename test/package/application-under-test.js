// An application that keeps all in memory, from nothing to a user who has reset the password and logged in again.
import assert from 'node:assert/strict';
import { Test } from '@nestjs/testing';
import { LatchkeyModule } from 'latchkey';
import { InMemoryLatchkey } from 'latchkey/testing';

const memory = await InMemoryLatchkey.create();
const module = await Test.createTestingModule({
  imports: [LatchkeyModule.forRoot(memory.options)],
}).compile();
const app = module.createNestApplication();
await app.listen(0, '127.0.0.1');
const url = await app.getUrl();

/**
 * @param {string} path
 * @param {object} json
 */
async function post(path, json) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/api/auth${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(json),
  });
  assert.ok(response.ok, `${path} answered ${response.status}`);
}

const email = 'ada@example.com';
await post('/register', { email, password: 'correct horse battery staple' });
await post('/password/forgot', { email });
const token = await memory.mails.token(email, 'password-reset');
await post('/password/reset', { token, password: 'another horse battery staple' });
await post('/login', { email, password: 'another horse battery staple' });
await app.close();
