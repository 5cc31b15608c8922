import type { Advice } from './advice.js';

/** SQLSTATE, or what node-postgres and Node say. */
export const DATABASE_ADVICE: readonly Advice[] = [
  {
    code: /^28/,
    advice: 'Give it a role and a password that the server knows, and that its pg_hba.conf lets in.',
  },
  { code: /^3D000$/, advice: 'Create the database, or name another.' },
  { code: /^42501$/, advice: 'Grant the role that right, or name one that has it.' },
  {
    code: /^25006$/,
    advice:
      'Name the primary, or all servers with target_session_attrs=read-write; or turn off default_transaction_read_only.',
  },
  { code: /^53300$/, advice: 'Let it take more connections, or lower DATABASE_POOL_MAX of the instances.' },
  { code: /^53100$/, advice: 'Make room on its disk.' },
  { code: /^55000$/, advice: 'Allow connections to the database, or name another.' },
  { code: /^57P03$/, advice: 'It is starting or recovering: start again when it is ready.' },
  {
    code: /^(42601|42883|42704|0A000)$/,
    advice: 'It may be too old: PostgreSQL 15 is what Latchkey is tested with.',
  },
  { code: /^(42P07|42710)$/, advice: 'It holds tables of something else: name a database of its own.' },
  { code: /^ECONNREFUSED$/, advice: 'Start PostgreSQL, or correct host and port.' },
  { code: /^(ENOTFOUND|EAI_AGAIN)$/, advice: 'Correct the host name, or look after the name server.' },
  { code: /^(ENOENT|EACCES|EISDIR)$/, advice: 'Correct the path, or let the server read the file.' },
  {
    message: /^(timeout expired|Connection terminated|read ECONNRESET|.*received invalid response)/i,
    advice:
      'Make sure that host and port are those of PostgreSQL, that it is well and that no firewall is between.',
  },
  {
    message: /does not support SSL/,
    advice: 'Turn ssl on there, or leave sslmode out where the network is yours.',
  },
  { message: /password must be a (non-empty )?string/, advice: 'It asks for a password: put one in.' },
  {
    code: /CERT|SIGNATURE|^ERR_(TLS|SSL|OSSL)/,
    advice: 'Name the authority that signed its certificate by sslrootcert, or by NODE_EXTRA_CA_CERTS.',
  },
];
