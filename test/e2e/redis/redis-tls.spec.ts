import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ApiClient } from '../../support/api-client.js';
import { LatchkeyProcess } from '../../support/latchkey-process.js';
import { describeWithRedisTls, openssl } from '../../support/services/available.js';
import { freePort } from '../../support/services/free-port.js';
import { copyMigratedDirectory } from '../../support/services/migrated-database.js';
import { startRedisServer } from '../../support/services/start-redis.js';
import { temporaryDirectory, testEnvironment } from '../../support/test-config.js';

/** Self-made, for `localhost`, for a day. */
function makeCertificate(directory: string): { certificate: string; key: string } {
  const certificate = join(directory, 'certificate.pem');
  const key = join(directory, 'key.pem');
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const files = ['-keyout', key, '-out', certificate];
  execFileSync(
    openssl?.path ?? '',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', ...names, ...files],
    { stdio: 'ignore' },
  );
  return { certificate, key };
}

describeWithRedisTls('With the sessions in Redis behind TLS', () => {
  const directory = temporaryDirectory();
  let redis: Awaited<ReturnType<typeof startRedisServer>>;
  let certificate: string;
  let url: string;

  beforeAll(async () => {
    const made = makeCertificate(directory.path);
    certificate = made.certificate;
    const port = await freePort();
    redis = await startRedisServer({
      settings: [
        `tls-port ${port}`,
        `tls-cert-file ${made.certificate}`,
        `tls-key-file ${made.key}`,
        'tls-auth-clients no',
      ],
    });
    url = `rediss://:${redis.password}@localhost:${port}`;
  });

  afterAll(async () => {
    await redis.stop();
    directory.remove();
  });

  const environment = (name: string) => ({
    ...testEnvironment(join(directory.path, name), { NODE_ENV: 'development' }),
    SESSION_STORE: 'redis',
    REDIS_URL: url,
  });

  it('works where the certificate is trusted', async () => {
    await copyMigratedDirectory(join(directory.path, 'trusting', 'database'));
    const server = await LatchkeyProcess.start({
      ...environment('trusting'),
      NODE_EXTRA_CA_CERTS: certificate,
    });
    try {
      const api = new ApiClient(server.url);
      const { accessToken, refreshToken } = (await api.register()).body;
      expect((await api.refresh(refreshToken)).status).toBe(200);
      await api.post('/api/auth/logout', undefined, { token: accessToken });
      expect((await api.profile(accessToken)).body.code).toBe('TOKEN_REVOKED');
    } finally {
      await server.stop();
    }
  });

  it('does not start where it is not', async () => {
    const server = LatchkeyProcess.launch(environment('distrusting'));
    expect((await server.exited).code).toBe(1);
    expect(server.stderr).toMatch(/^Configuration: REDIS_URL cannot be used: .*self-signed certificate/m);
  });
});
