import 'reflect-metadata';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { InitialAdmin } from '../../src/admin/initial-admin-account.js';
import { InitialAdminService } from '../../src/admin/initial-admin.service.js';
import type { LatchkeyComposition } from '../../src/composition/latchkey-options.js';
import { Clock } from '../../src/common/clock.js';
import { createApplication } from '../../src/create-application.js';
import { loadConfig } from '../../src/config/load-config.js';
import { type ReservedPort, reservePort } from '../../src/http/free-port.js';
import { ApiClient } from './api-client.js';
import { MailTimings } from '../../src/mail/sending/mail-timings.js';
import { OffsetClock } from './offset-clock.js';
import { IMPATIENT } from './mail-timings.js';
import { PatientStores } from './patient-stores.js';
import { StoreCircuitBreaker } from '../../src/throttling/store/store-circuit-breaker.js';
import { createTestStore, type TestStore, type TestStoreOptions } from './test-store.js';

export interface TestAppOptions extends TestStoreOptions, LatchkeyComposition {}

/** The whole server in this process, listening on a real socket. */
export interface TestApp {
  readonly app: NestFastifyApplication;
  readonly url: string;
  readonly dataDir: string;
  readonly api: ApiClient;
  readonly clock: OffsetClock;
  readonly initialAdmin: InitialAdmin | undefined;
  close(): Promise<void>;
}

export async function startTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const { environment, dataDir, migratedBefore, providers = [], ...composition } = options;
  const store = await createTestStore({ environment, dataDir, migratedBefore });
  const reserved = await reservePort('127.0.0.1', 0);
  let app: NestFastifyApplication | undefined;
  try {
    const config = loadConfig(store.environment, reserved.port);
    app = await createApplication(config, {
      logger: false,
      ...composition,
      providers: [
        { provide: MailTimings, useValue: IMPATIENT },
        { provide: StoreCircuitBreaker, useClass: PatientStores },
        ...providers,
      ],
    });
    return await open(app, reserved, store);
  } catch (error) {
    // What stays open would keep Jest from ending.
    await app?.close().catch(() => undefined);
    await reserved.release();
    await store.remove();
    throw error;
  }
}

async function open(app: NestFastifyApplication, reserved: ReservedPort, store: TestStore): Promise<TestApp> {
  const clock = OffsetClock.replace(app.get(Clock));
  await app.init();
  const initialAdmin = await app.get(InitialAdminService).ensure();
  await reserved.release();
  await app.listen(reserved.port, '127.0.0.1');
  const url = `http://127.0.0.1:${reserved.port}`;
  return {
    app,
    url,
    dataDir: store.dataDir,
    api: new ApiClient(url),
    clock,
    initialAdmin,
    close: async () => {
      await app.close();
      await store.remove();
    },
  };
}
