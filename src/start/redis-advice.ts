import type { Advice } from './advice.js';

/** What Redis and its client say. */
export const REDIS_ADVICE: readonly Advice[] = [
  {
    message: /^(WRONGPASS|NOAUTH|ERR invalid password)/,
    advice: 'Give it a user and a password that Redis knows.',
  },
  {
    message: /does not allow its user/,
    advice: 'Grant it that by ACL SETUSER; docs/redis.md lists all that is needed.',
  },
  {
    message: /maxmemory-policy/,
    advice:
      'Set it to noeviction there: what is evicted may be a revocation, and its token would be let in again.',
  },
  {
    message: /NOPERM|executing the script can't|ACL failure/,
    advice: 'Grant what docs/redis.md lists.',
  },
  { message: /READONLY/, advice: 'It is a replica: name the primary, or its Sentinels.' },
  { message: /OOM/, advice: 'Its memory is used up: raise maxmemory.' },
  { message: /MISCONF/, advice: 'It cannot save, and takes no writes: look after its disk.' },
  { message: /LOADING/, advice: 'It is still reading what it saved: start again when it is ready.' },
  {
    message: /DB index is out of range/,
    advice: 'Leave the number of the database out, or raise "databases" there.',
  },
  { code: /^ECONNREFUSED$/, advice: 'Start Redis, or correct host and port.' },
  { code: /^(ENOTFOUND|EAI_AGAIN)$/, advice: 'Correct the host name, or look after the name server.' },
  {
    message: /sentinel/i,
    advice: 'Make sure that these are Sentinels, and that one of them knows the master.',
  },
  { message: /slots cache/, advice: 'Make sure that these are nodes of a Cluster, and well.' },
  {
    code: /CERT|SIGNATURE|^ERR_(TLS|SSL|OSSL)/,
    advice: 'Name the authority that signed its certificate by NODE_EXTRA_CA_CERTS.',
  },
  {
    message: /timed? ?out|ETIMEDOUT|RESP type|no connection|EPIPE|ECONNRESET|closed/i,
    advice:
      'Make sure that host, port and TLS (rediss) are those of Redis, that it is well and that no firewall is between.',
  },
];
