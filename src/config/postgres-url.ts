/** One of the servers that a `DATABASE_URL` names. */
export interface PostgresAddress {
  /** A connection string for this server alone, as node-postgres takes it. */
  readonly url: string;
  /** `host`, `host:port`, or the directory of a socket; holds no credentials. */
  readonly name: string;
}

/** Where PostgreSQL is, as a `DATABASE_URL` says it. */
export interface PostgresTarget {
  /** In the order in which they are tried. */
  readonly servers: readonly PostgresAddress[];
  readonly database: string;
  /** What a server must be (libpq's `target_session_attrs`): take writes by default, or be no standby. */
  readonly role: 'any' | 'read-write' | 'primary';
  /** Tried in random order instead. */
  readonly random: boolean;
  /** Milliseconds for each server, to let a connection in. */
  readonly connectTimeout: number;
}

const PARTS = /^(postgres(?:ql)?:\/\/)(?:([^/?#]*)@)?([^/?#@]*)([^?#]*)(\?[^#]*)?$/;
const ENTRY = /^(\[[0-9a-fA-F:.]+\]|[^:[\]\s]*)(?::(\d{0,5}))?$/;
const ROLES = new Map<string, PostgresTarget['role']>([
  ['any', 'any'],
  ['read-write', 'read-write'],
  ['primary', 'primary'],
]);
const BALANCING = new Map([
  ['disable', false],
  ['random', true],
]);
/** Those of libpq, and the driver's own. What is none of them would be taken for one that verifies. */
export const SSL_MODES: readonly string[] = [
  'disable',
  'allow',
  'prefer',
  'require',
  'verify-ca',
  'verify-full',
  'no-verify',
];
const CONNECT_TIMEOUT = 5_000;
/** The driver verifies the certificate for each of these, and warns that it will not always do so. */
const VERIFYING_MODES = new Set(['prefer', 'require', 'verify-ca']);

interface Place {
  readonly host: string;
  readonly port: string;
}

/**
 * Reads a connection string as libpq takes it (PostgreSQL documentation, section 34.1.1): one host or several, in the
 * authority or as `host=a,b&port=1,2`, each a name, an address or a socket's directory. Where TLS is asked for, the
 * certificate is verified against the name of the host that is tried, unless `uselibpqcompat=true` or `sslmode=no-verify`
 * say otherwise.
 * @returns undefined if it is none, or asks for a server that takes no writes
 */
export function parsePostgresUrl(text: string): PostgresTarget | undefined {
  const written = split(text);
  if (!written) return undefined;
  const { base, authority, path } = written;
  const { searchParams, hostname } = new URL(base);
  const places = placesIn(authority, searchParams);
  const choices = choicesIn(searchParams);
  if (!places || !choices) return undefined;
  const isNamed = places[0]?.host !== '' || hostname === '';
  if (!isNamed) return undefined;
  return { servers: places.map((place) => addressOf(base, place)), database: path.slice(1), ...choices };
}

/** The parts, of which `base` is a URL: none has a user and no host, nor several hosts, though libpq writes so. */
function split(text: string): { base: string; authority: string; path: string } | undefined {
  const [, protocol, credentials, authority = '', path = '', query = ''] = PARTS.exec(text) ?? [];
  if (protocol === undefined) return undefined;
  const user = credentials === undefined ? '' : `${credentials}@localhost`;
  const base = `${protocol}${user}${path}${query}`;
  return URL.canParse(base) ? { base, authority, path } : undefined;
}

function choicesIn(
  parameters: URLSearchParams,
): Pick<PostgresTarget, 'role' | 'random' | 'connectTimeout'> | undefined {
  const role = ROLES.get(parameters.get('target_session_attrs') ?? 'any');
  const random = BALANCING.get(parameters.get('load_balance_hosts') ?? 'disable');
  const connectTimeout = timeoutIn(parameters);
  if (!SSL_MODES.includes(parameters.get('sslmode') ?? 'disable')) return undefined;
  if (role === undefined || random === undefined || connectTimeout === undefined) return undefined;
  return { role, random, connectTimeout };
}

function addressOf(base: string, { host, port }: Place): PostgresAddress {
  const url = new URL(base);
  const { searchParams } = url;
  for (const ours of ['host', 'port', 'target_session_attrs', 'load_balance_hosts', 'connect_timeout'])
    searchParams.delete(ours);
  if (host !== '') searchParams.set('host', host);
  if (port !== '') searchParams.set('port', port);
  const asksForWarning =
    VERIFYING_MODES.has(searchParams.get('sslmode') ?? '') && !searchParams.has('uselibpqcompat');
  if (asksForWarning) searchParams.set('sslmode', 'verify-full');
  const shown = host.includes(':') ? `[${host}]` : host || 'localhost';
  return { url: url.href, name: port === '' || host.startsWith('/') ? shown : `${shown}:${port}` };
}

/** The hosts of `host=` count before those of the authority; `port=` is one for all, or one for each. */
function placesIn(authority: string, parameters: URLSearchParams): readonly Place[] | undefined {
  const entries = authority.split(',').map((entry) => ENTRY.exec(entry));
  if (entries.includes(null)) return undefined;
  const written = entries.map((entry) => decode(entry?.[1]?.replace(/^\[|\]$/g, '') ?? ''));
  const hosts = parameters.get('host')?.split(',') ?? written;
  const ports = parameters.get('port')?.split(',') ?? entries.map((entry) => entry?.[2] ?? '');
  const known = hosts.length === 1 || hosts.every((host) => host !== '');
  if (!known || !hosts.every(isHost) || !ports.every(isPort)) return undefined;
  if (ports.length !== 1 && ports.length !== hosts.length) return undefined;
  return hosts.map((host, index) => ({ host, port: ports[ports.length === 1 ? 0 : index] ?? '' }));
}

function isHost(host: string | undefined): host is string {
  return host !== undefined && (host.startsWith('/') || !/[/[\]\s]/.test(host));
}

function isPort(port: string): boolean {
  return port === '' || (/^\d{1,5}$/.test(port) && Number(port) > 0 && Number(port) < 65_536);
}

/** Seconds, as libpq takes them; 0 stands for no limit there. A request does not wait without one. */
function timeoutIn(parameters: URLSearchParams): number | undefined {
  const seconds = parameters.get('connect_timeout') ?? '0';
  if (!/^\d{1,4}$/.test(seconds)) return undefined;
  return Number(seconds) * 1000 || CONNECT_TIMEOUT;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
