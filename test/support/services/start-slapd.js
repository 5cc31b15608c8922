import { execFile } from 'node:child_process';
import { chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'ldapts';
import { findInDirectory, findOnPath } from './find-on-path.js';
import { freePort } from './free-port.js';
import { startProcess, stop, untilItAnswers } from './server-process.js';
import { makeTemporaryDirectory } from './temporary-directory.js';
import { unprivilegedUser } from './unprivileged-user.js';

/** @import { Service } from './service.js' */

const SCHEMAS = ['core', 'cosine', 'inetorgperson'];
const PASSWORD = 'of a test only';

/** @returns {Promise<Service>} */
export async function findSlapd() {
  const file = (findOnPath('slapd') ?? findInDirectory('/usr/sbin', ['slapd']))?.slapd;
  if (!file) return { missing: 'OpenLDAP (no slapd found)' };
  // It says so on standard error, and ends with a status of its own.
  const { stderr } = await promisify(execFile)(file, ['-VV']).catch(
    (/** @type {{ stderr: string }} */ error) => error,
  );
  return { found: `OpenLDAP ${/slapd ([\d.]+)/.exec(stderr)?.[1] ?? ''} (${file})`, value: file };
}

/**
 * A directory with these entries, which may be read by `reader` only; passwords may be tried by anyone, over TLS.
 * @param {string} binary
 * @param {string} suffix e.g. `dc=acme,dc=example`
 * @param {string} entries LDIF
 * @param {{ readonly key: string, readonly cert: string }} certificate for 127.0.0.1; PEM
 */
export async function startSlapd(binary, suffix, entries, { key, cert }) {
  const user = unprivilegedUser();
  const directory = makeTemporaryDirectory('slapd', user);
  const database = join(directory, 'database');
  mkdirSync(database, { mode: 0o700 });
  if (user) chownSync(database, user.uid, user.gid);
  const admin = { dn: `cn=admin,${suffix}`, password: PASSWORD };
  const reader = { dn: `cn=reader,${suffix}`, password: PASSWORD };
  const settings = join(directory, 'slapd.conf');
  const keyFile = join(directory, 'key.pem');
  const certificateFile = join(directory, 'certificate.pem');
  writeFileSync(keyFile, key);
  writeFileSync(certificateFile, cert);
  const lines = [
    ...SCHEMAS.map((name) => `include /etc/ldap/schema/${name}.schema`),
    'modulepath /usr/lib/ldap',
    'moduleload back_mdb',
    `pidfile ${join(directory, 'slapd.pid')}`,
    `TLSCertificateFile ${certificateFile}`,
    `TLSCertificateKeyFile ${keyFile}`,
    // As careless as a directory may be: a bind with a name and no password succeeds.
    'allow bind_anon_dn',
    'database mdb',
    'maxsize 16777216',
    'dbnosync',
    `suffix "${suffix}"`,
    `rootdn "${admin.dn}"`,
    `rootpw "${admin.password}"`,
    `directory ${database}`,
    'index objectClass,entryUUID,mail,member eq',
    'access to attrs=userPassword by anonymous auth by * none',
    `access to * by dn.exact="${reader.dn}" read by * none`,
  ];
  writeFileSync(settings, lines.join('\n'), { mode: 0o644 });
  const content = join(directory, 'entries.ldif');
  writeFileSync(content, `${readerEntry(reader)}\n${entries}`, { mode: 0o644 });
  await promisify(execFile)(binary, ['-T', 'add', '-f', settings, '-l', content], {
    cwd: directory,
    ...user,
  });
  const port = await freePort();
  const url = `ldaps://127.0.0.1:${port}`;
  const start = async () => {
    const args = ['-d', 'stats', '-f', settings, '-h', url];
    const server = startProcess({ name: 'slapd', command: binary, args, directory, user });
    await untilItAnswers(server, async () => {
      const client = new Client({ url, tlsOptions: { ca: cert }, connectTimeout: 2_000 });
      try {
        await client.bind(reader.dn, reader.password);
      } finally {
        await client.unbind();
      }
    });
    return server;
  };
  let server = await start();
  return {
    url,
    suffix,
    admin,
    reader,
    /** What it was asked so far. */
    log: () => readFileSync(server.logFile, 'utf8'),
    stop: () => stop(server),
    /** On the same port, with what it held. */
    startAgain: async () => {
      server = await start();
    },
  };
}

/** @param {{ dn: string, password: string }} reader */
function readerEntry({ dn, password }) {
  const suffix = dn.slice(dn.indexOf(',') + 1);
  return (
    [
      `dn: ${suffix}\nobjectClass: dcObject\nobjectClass: organization\no: Acme`,
      `dn: ${dn}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\nuserPassword: ${password}`,
    ].join('\n\n') + '\n'
  );
}
