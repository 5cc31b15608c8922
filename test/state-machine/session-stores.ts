import { randomBytes } from 'node:crypto';
import { Measurements } from '../../src/common/measurements.js';
import type { Clock } from '../../src/common/clock.js';
import { DerivedKeys } from '../../src/secrets/derived-keys.js';
import { PostgresRevocationStore } from '../../src/tokens/revocation/postgres-revocation-store.js';
import { LocalPushChannel } from '../../src/push/local-push-channel.js';
import { RedisConnection } from '../../src/redis/redis-connection.js';
import { RedisRevocationStore } from '../../src/tokens/revocation/redis-revocation-store.js';
import { RevocationList } from '../../src/tokens/revocation/revocation-list.js';
import type { RevocationStore } from '../../src/tokens/revocation/revocation-store.js';
import { RevocationService } from '../../src/tokens/revocation/revocation.service.js';
import { RedisSessionsRepository } from '../../src/tokens/sessions/redis-sessions.repository.js';
import { describeWithRedis } from '../support/services/available.js';
import { startRedisServer } from '../support/services/start-redis.js';
import { PostgresSessionsRepository } from '../../src/tokens/sessions/postgres-sessions.repository.js';
import { RefreshRotationService } from '../../src/tokens/sessions/refresh-rotation.service.js';
import { RefreshTokenCodec } from '../../src/tokens/sessions/refresh-token-codec.js';
import type { SessionsRepository } from '../../src/tokens/sessions/sessions.repository.js';
import { TokenEvents } from '../../src/tokens/token-events.js';
import { SessionEnder } from '../../src/tokens/sessions/session-ender.js';
import { SessionSettlement } from '../../src/tokens/sessions/session-settlement.js';
import { SessionsService } from '../../src/tokens/sessions/sessions.service.js';
import { describeOnEachDatabase, type OpenDatabaseUnderTest } from '../integration/database-under-test.js';
import { NO_KEYS } from '../support/held-revocations.js';
import { NO_ONE_TIME_TOKENS } from '../support/no-one-time-tokens.js';
import { NoTransactions } from '../support/no-transactions.js';
import { testConfig } from '../support/test-config.js';
import { LIFETIMES } from './session-model.js';
import type { Turnstile } from './turnstile.js';

/** How many processes work on one store. */
const PROCESSES = 3;

const config = testConfig('unused', {
  APP_SECRET: randomBytes(32).toString('hex'),
  REFRESH_GRACE: `${LIFETIMES.grace / 1000}s`,
  REFRESH_TOKEN_TTL: `${LIFETIMES.idle / 1000}s`,
  // The clock jumps from command to command; how old the knowledge is, is not what the model is about.
  REVOCATION_MAX_STALENESS: '3650d',
  SESSION_MAX_AGE: `${LIFETIMES.session / 1000}s`,
  ACCESS_TOKEN_TTL: `${LIFETIMES.accessToken / 1000}s`,
}).tokens;

export const codec = new RefreshTokenCodec(new DerivedKeys(config));
export const foreignCodec = new RefreshTokenCodec(new DerivedKeys(testConfig('unused').tokens));

/** The real services of one process. */
export interface Services {
  readonly rotation: RefreshRotationService;
  readonly sessions: SessionsService;
  readonly revocations: RevocationList;
}

export interface SessionStore {
  /** Of each process. */
  services(): readonly Services[];
  /** New processes on the same store. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** @param turnstile what each call of a repository passes before it is made */
export type StartSessionStore = (clock: Clock, turnstile: Turnstile) => Promise<SessionStore>;

/** The same tests on every store of sessions. */
export function describeOnEachSessionStore(title: string, body: (start: StartSessionStore) => void): void {
  describeOnEachDatabase(title, (open) =>
    body((clock, turnstile) => startOnDatabase(open, clock, turnstile)),
  );
  describeWithRedis(`${title} on Redis`, () => body(startOnRedis));
}

async function startOnDatabase(
  open: OpenDatabaseUnderTest,
  clock: Clock,
  turnstile: Turnstile,
): Promise<SessionStore> {
  const database = await open(PROCESSES);
  return startProcesses(
    (index) => {
      const connection = database.connections[index % database.connections.length] ?? database.connections[0];
      const revocations = new PostgresRevocationStore(connection.db, connection);
      const repository = withTurnstile(new PostgresSessionsRepository(connection), turnstile);
      return servicesOn(repository, revocations, clock);
    },
    () => database.remove(),
  );
}

async function startOnRedis(clock: Clock, turnstile: Turnstile): Promise<SessionStore> {
  const server = await startRedisServer();
  const connections = await Promise.all(
    Array.from({ length: PROCESSES }, () => RedisConnection.open(server.url)),
  );
  await Promise.all(connections.map((connection) => connection.untilReady()));
  return startProcesses(
    (index) => {
      const connection = connections[index] as RedisConnection;
      const repository = withTurnstile(new RedisSessionsRepository(connection), turnstile);
      return servicesOn(repository, new RedisRevocationStore(connection, clock), clock);
    },
    async () => {
      for (const connection of connections) connection.onApplicationShutdown();
      await server.stop();
    },
  );
}

function servicesOn(repository: SessionsRepository, store: RevocationStore, clock: Clock): Services {
  const revocations = new RevocationList(store, new LocalPushChannel(), config, clock, new Measurements());
  const revocation = new RevocationService(store, revocations, NO_KEYS, config, clock);
  const events = new TokenEvents();
  const unitOfWork = new NoTransactions();
  const ender = new SessionEnder(repository, revocation, events, NO_ONE_TIME_TOKENS, unitOfWork, clock);
  const sessions = new SessionsService(
    repository,
    codec,
    ender,
    config,
    clock,
    new SessionSettlement(repository),
  );
  const rotation = new RefreshRotationService(repository, ender, codec, config, clock, new Measurements());
  return { rotation, sessions, revocations };
}

async function startProcesses(
  newProcess: (index: number) => Services,
  remove: () => Promise<void>,
): Promise<SessionStore> {
  let running: Services[] = [];
  const shutDown = () => {
    for (const process of running) process.revocations.onApplicationShutdown();
  };
  const restart = async () => {
    shutDown();
    running = Array.from({ length: PROCESSES }, (_, index) => newProcess(index));
    await Promise.all(running.map((process) => process.revocations.onModuleInit()));
  };
  await restart();
  return {
    services: () => running,
    restart,
    stop: async () => {
      shutDown();
      await remove();
    },
  };
}

/** The repository, whose every call waits for its turn. */
function withTurnstile(repository: SessionsRepository, turnstile: Turnstile): SessionsRepository {
  return {
    transactional: repository.transactional,
    ping: async () => repository.ping(),
    create: async (...args) => turnstile.pass().then(() => repository.create(...args)),
    createBounded: async (...args) => turnstile.pass().then(() => repository.createBounded(...args)),
    creating: (session) => ({
      within: (transaction) => turnstile.pass().then(() => repository.create(session, transaction)),
    }),
    findById: async (...args) => turnstile.pass().then(() => repository.findById(...args)),
    findOpen: async (...args) => turnstile.pass().then(() => repository.findOpen(...args)),
    findGrants: async (...args) => turnstile.pass().then(() => repository.findGrants(...args)),
    findPast: async (...args) => turnstile.pass().then(() => repository.findPast(...args)),
    rotate: async (...args) => turnstile.pass().then(() => repository.rotate(...args)),
    rotateReading: async (...args) => turnstile.pass().then(() => repository.rotateReading(...args)),
    end: async (...args) => turnstile.pass().then(() => repository.end(...args)),
    endAll: async (...args) => turnstile.pass().then(() => repository.endAll(...args)),
    settle: async (...args) => turnstile.pass().then(() => repository.settle(...args)),
    endAllForEveryone: async (...args) => turnstile.pass().then(() => repository.endAllForEveryone(...args)),
    reauthenticate: async (...args) => turnstile.pass().then(() => repository.reauthenticate(...args)),
  };
}
