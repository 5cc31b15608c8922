import type { ServedApplication } from './served-application.js';

const PASSWORD = 'correct horse battery staple';
/** The first administrator's, which one instance prints. */
export const PRINTED_PASSWORD = /password +(\S+)\n/;

/** @returns the access token of the first administrator, who has changed the password that was printed */
export async function administrator(server: ServedApplication): Promise<string | undefined> {
  const [, email = ''] = /e-mail +(\S+)/.exec(server.printed) ?? [];
  const [, password = ''] = PRINTED_PASSWORD.exec(server.printed) ?? [];
  const first = await server.post('/api/auth/login', { email, password });
  const change = { currentPassword: password, newPassword: PASSWORD };
  await server.post('/api/auth/password/change', change, first.body['accessToken']);
  return (await server.post('/api/auth/login', { email, password: PASSWORD })).body['accessToken'];
}
