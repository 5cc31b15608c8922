import { Logger, Module, type OnApplicationShutdown } from '@nestjs/common';
import { LatchkeyModule } from 'latchkey';
import pg from 'pg';

const provider = {
  provide: pg.Pool,
  useFactory: () =>
    new pg.Pool({ connectionString: process.env['SHOP_DATABASE'], statement_timeout: 15_000 }),
};

/** Yours: Latchkey closes nothing of it. */
@Module({ providers: [provider], exports: [pg.Pool] })
class DatabaseModule implements OnApplicationShutdown {
  constructor(private readonly pool: pg.Pool) {
    pool.on('error', (error) => new Logger('Database').warn(error.message)); // of an idle connection; unheard, it ends the process
  }

  onApplicationShutdown(): Promise<void> {
    return this.pool.end();
  }
}

export const latchkey = LatchkeyModule.forRootAsync({
  imports: [DatabaseModule],
  inject: [pg.Pool],
  useFactory: (pool: pg.Pool) => ({
    databaseSchema: 'auth',
    database: { pool },
    publicUrl: 'https://id.example.com',
    appSecret: process.env['ID_SECRET'],
    dataDir: process.env['ID_DATA'],
  }),
});
