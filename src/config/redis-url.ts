/** Where Redis is, as a `REDIS_URL` says it. */
export interface RedisTarget {
  readonly kind: 'single' | 'sentinel' | 'cluster';
  /** Of the server itself, of its Sentinels, or of some nodes of the Cluster. */
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  /** What the Sentinels call the master. */
  readonly master: string | undefined;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
  readonly tls: boolean;
}

const URL_PARTS =
  /^redis(s?)(\+sentinel|\+cluster)?:\/\/(?:([^:@/]*):([^@/]*)@|([^@/]*)@)?([^@/]+)(?:\/(.*))?$/;
const NODE = /^(\[[0-9a-fA-F:.]+\]|[^:[\]?#\s]+)(?::(\d{1,5}))?$/;
const PATH = /^()(\d{0,4})\/?$/;
const SENTINEL_PATH = /^([^/]+)(?:\/(\d{1,4}))?\/?$/;
const DEFAULT_PORTS = { single: 6379, sentinel: 26_379, cluster: 6379 } as const;

/**
 * Reads `redis://[user:password@]host[:port][/database]`, `redis+sentinel://[…@]host[:port],…/master[/database]` or
 * `redis+cluster://[…@]host[:port],…`; with `rediss` the connection is TLS.
 * @returns undefined if it is none of these
 */
export function parseRedisUrl(url: string): RedisTarget | undefined {
  const parts = URL_PARTS.exec(url);
  if (!parts) return undefined;
  const [, tls, variant, username, password, onlyUsername, hosts = '', path = ''] = parts;
  const kind = (variant?.slice(1) ?? 'single') as RedisTarget['kind'];
  const nodes = parseNodes(hosts, kind);
  const place = parsePath(path, kind);
  if (!nodes || !place) return undefined;
  return {
    kind,
    nodes,
    ...place,
    username: decode(username ?? onlyUsername),
    password: decode(password),
    tls: tls === 's',
  };
}

function parseNodes(hosts: string, kind: RedisTarget['kind']): RedisTarget['nodes'] | undefined {
  const nodes = hosts.split(',').flatMap((host) => parseNode(host, DEFAULT_PORTS[kind]) ?? []);
  if (nodes.length < hosts.split(',').length) return undefined;
  return kind === 'single' && nodes.length > 1 ? undefined : nodes;
}

/** `[database]`, for Sentinels `master[/database]`; a Cluster has one database. */
function parsePath(
  path: string,
  kind: RedisTarget['kind'],
): Pick<RedisTarget, 'master' | 'database'> | undefined {
  const [, master, database = ''] = (kind === 'sentinel' ? SENTINEL_PATH : PATH).exec(path) ?? [];
  if (master === undefined || (kind === 'cluster' && Number(database) !== 0)) return undefined;
  return { master: decode(master), database: Number(database) };
}

function parseNode(text: string, defaultPort: number): { host: string; port: number } | undefined {
  const [, host, port] = NODE.exec(text) ?? [];
  const number = port === undefined ? defaultPort : Number(port);
  return host !== undefined && number > 0 && number < 65_536
    ? { host: host.replace(/^\[|\]$/g, ''), port: number }
    : undefined;
}

function decode(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
