import { Controller, Get, Module, type ModuleMetadata, Param, Post } from '@nestjs/common';
import {
  type LatchkeyComposition,
  LatchkeyModule,
  loadConfig,
  Public,
  Roles,
  SharedTransactions,
  UserFields,
} from 'latchkey';
import pg from 'pg';
import { ReportsController } from '../../docs/examples/api-keys.js';
import { CompaniesController } from '../../docs/examples/company-registration.js';
import { Newsletter } from '../../docs/examples/newsletter.js';
import type { DirectoryOptions } from '../../docs/examples/directory.js';
import { RoomsController, StaffFields } from '../../docs/examples/staff-fields.js';
import { TenantController } from '../../docs/examples/tenant-claims.js';
import { InsideController } from './inside.js';
import { JoinedController } from './joined-transaction.js';
import { everyPart, Hashes, Listeners, Seams } from './parts.js';

/** Settings of one application, as the environment names them. */
export type Settings = Readonly<Record<string, string>>;

/** Of what stands for a secret manager. */
class Vault {
  constructor(readonly settings: Settings) {}
}

/** The OpenAPI document, made once the application is there. */
export const documents = new Map<string, object>();
export const administrators = new Map<string, object>();

function team(name: string, metadata: ModuleMetadata): ModuleMetadata {
  @Controller('own')
  class OwnController {
    @Get()
    guarded(): object {
      return {};
    }

    @Get('admin')
    @Roles('admin')
    admin(): object {
      return {};
    }

    @Get('document')
    @Public()
    document(): object {
      return documents.get(name) ?? {};
    }
  }
  return { ...metadata, controllers: [OwnController, InsideController, ...(metadata.controllers ?? [])] };
}

/**
 * All routes, below another prefix; the settings of the environment; a team's own fields.
 * @param fields and where they are kept
 */
export function shop(name: string, settings: Settings, fields: LatchkeyComposition): ModuleMetadata {
  const initialAdmin = (admin: object) => void administrators.set(name, admin);
  const latchkey = LatchkeyModule.forRoot({
    config: loadConfig({ ...process.env, ...settings }),
    ...fields,
    initialAdmin,
    routes: { prefix: 'id' },
  });
  return team(name, { imports: [latchkey], controllers: [RoomsController] });
}

/** Settings that something injected gives, and every part replaced. */
export function replaced(
  name: string,
  settings: Settings,
  mailService: string,
  directory: DirectoryOptions | undefined,
): ModuleMetadata {
  const seams = new Seams(directory);

  @Module({ providers: [{ provide: Vault, useValue: new Vault(settings) }], exports: [Vault] })
  class VaultModule {}

  @Controller('parts')
  @Public()
  class PartsController {
    constructor(
      private readonly listeners: Listeners,
      private readonly newsletter: Newsletter,
      private readonly hashes: Hashes,
    ) {}

    @Get()
    seen(): object {
      return {
        audit: seams.shipper.queue.map(({ type }) => type),
        told: this.listeners.told,
        newsletter: [...this.newsletter.recipients.values()],
        key: seams.kms.pair.publicKey.export({ format: 'jwk' }).x,
      };
    }

    @Get('hashes/:email')
    hash(@Param('email') email: string): Promise<string> {
      return this.hashes.kindOf(email);
    }

    @Post('keys/:id')
    issue(@Param('id') id: string): string {
      return seams.keys.issue(id, ['profile:read']);
    }

    @Post('authenticators/:id')
    enrol(@Param('id') id: string): void {
      seams.authenticators.users.add(id);
    }
  }

  const composition = everyPart(seams, mailService);
  const latchkey = LatchkeyModule.forRootAsync({
    ...composition,
    imports: [VaultModule],
    inject: [Vault],
    useFactory: ({ settings: { DATABASE_URL, DATA_DIR, APP_SECRET } }: Vault) =>
      Promise.resolve({
        databaseUrl: DATABASE_URL,
        dataDir: DATA_DIR,
        appSecret: APP_SECRET,
        accessTokenTtl: '5m',
        loginRateLimit: '1/1m',
        registerRateLimit: '1000/1m',
      }),
    initialAdmin: false,
  });
  return team(name, {
    imports: [latchkey],
    controllers: [PartsController, TenantController, ReportsController],
    providers: [Listeners, Newsletter, Hashes],
  });
}

/** Some routes, and the defaults of all that is not said. */
export function some(name: string, { DATABASE_URL, DATA_DIR, APP_SECRET }: Settings): ModuleMetadata {
  const latchkey = LatchkeyModule.forRoot({
    databaseUrl: DATABASE_URL,
    dataDir: DATA_DIR,
    appSecret: APP_SECRET,
    initialAdmin: false,
    fields: UserFields.of(StaffFields),
    routes: { only: ['registration', 'login', 'session', 'account'] },
  });
  return team(name, { imports: [latchkey] });
}

/** No routes but the application's own. */
export function none(name: string, { DATABASE_URL, DATA_DIR, APP_SECRET }: Settings): ModuleMetadata {
  const settings = { databaseUrl: DATABASE_URL, dataDir: DATA_DIR, appSecret: APP_SECRET };
  return team(name, {
    imports: [LatchkeyModule.forRoot({ ...settings, initialAdmin: false, routes: false })],
  });
}

/** Transactions of the application's own; where there is PostgreSQL, in a pool of its own. */
export function handedIn(name: string, settings: Settings) {
  const { DATABASE_URL, APP_SECRET, DATA_DIR } = settings;
  const pool = DATABASE_URL === undefined ? undefined : new pg.Pool({ connectionString: DATABASE_URL });
  const latchkey = LatchkeyModule.forRoot({
    ...(pool && { database: { pool } }),
    databaseSchema: 'team',
    appSecret: APP_SECRET,
    dataDir: DATA_DIR,
    initialAdmin: false,
  });

  @Controller('companies')
  @Public()
  class OwnersController {
    constructor(
      private readonly transactions: SharedTransactions,
      private readonly listeners: Listeners,
    ) {}

    @Get()
    owners(): Promise<object> {
      const joined =
        'select c.name, u.email from shop.companies c join team.users u on c.owner = u.id order by 1';
      return this.transactions.run(async (_, client) => (await client.query(joined)).rows);
    }

    @Get('told')
    told(): readonly string[] {
      return this.listeners.told;
    }

    @Post('table')
    make(): Promise<void> {
      return this.transactions.run(async (_, client) => {
        await client.query('create schema shop');
        await client.query('create table shop.companies (name text primary key, owner uuid not null)');
      });
    }
  }

  const controllers = [CompaniesController, OwnersController];
  const joining = { controllers: [JoinedController], providers: [{ provide: pg.Pool, useValue: pool }] };
  return {
    metadata: team(name, {
      imports: [latchkey],
      providers: [Listeners, ...(pool ? joining.providers : [])],
      controllers: [...controllers, ...(pool ? joining.controllers : [])],
    }),
    pool,
  };
}
