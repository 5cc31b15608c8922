import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { Inject, Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { describe, expect, it } from '@jest/globals';
import { DATABASE } from '../../src/database/database.js';
import { LatchkeyModule, type LatchkeyModuleOptions, SessionsService, UnitOfWork } from '../../src/index.js';
import { InMemoryLatchkey } from '../../src/testing/index.js';

const CLIENT = { ip: null, userAgent: null };

@Injectable()
class Reports {
  constructor(@Inject(DATABASE) private readonly db: { execute(sql: string): unknown }) {}

  read(): unknown {
    return this.db.execute('select 1');
  }
}

async function start(memory: InMemoryLatchkey, options: LatchkeyModuleOptions = {}) {
  const module = await Test.createTestingModule({
    imports: [LatchkeyModule.forRoot({ ...memory.options, ...options })],
    providers: [Reports],
  }).compile();
  return module.init();
}

describe('InMemoryLatchkey', () => {
  it('opens no file', async () => {
    const dataDir = join(tmpdir(), `latchkey-in-memory-${process.pid}`);
    const module = await start(await InMemoryLatchkey.create(), { dataDir });
    await module.close();

    expect(existsSync(dataDir)).toBe(false);
  });

  it('refuses to start in production', async () => {
    const memory = await InMemoryLatchkey.create();

    await expect(start(memory, { nodeEnv: 'production' })).rejects.toThrow(/InMemoryLatchkey is for tests/);
  });

  it('tells what asks the database that there is none', async () => {
    const module = await start(await InMemoryLatchkey.create());

    expect(() => module.get(Reports).read()).toThrow(/has no database/);
    await module.close();
  });

  it('stands in for the module of an application that was made for another database', async () => {
    const latchkey = LatchkeyModule.forRoot({ databaseUrl: 'postgres://127.0.0.1:1/none' });
    @Module({ imports: [latchkey] })
    class ShopModule {}
    const memory = await InMemoryLatchkey.create();
    const module = await Test.createTestingModule({ imports: [ShopModule] })
      .overrideModule(latchkey)
      .useModule(LatchkeyModule.forRoot(memory.options))
      .compile();
    await module.init();
    const { session } = await module.get(SessionsService, { strict: false }).open('ada', CLIENT);

    expect(await memory.sessions.findById(session.id)).toEqual(session);
    await module.close();
  });

  it('takes back what ended sessions in a transaction that fails', async () => {
    const memory = await InMemoryLatchkey.create();
    const module = await start(memory);
    const sessions = module.get(SessionsService, { strict: false });
    const { session } = await sessions.open('ada', CLIENT);
    const failing = module.get(UnitOfWork, { strict: false }).run(async (transaction) => {
      await sessions.end({ subject: 'ada', reason: 'logout_all', within: transaction });
      throw new Error('no');
    });

    await expect(failing).rejects.toThrow('no');
    expect(await memory.sessions.findById(session.id)).toEqual(session);
    expect(await memory.revocations.all()).toEqual([]);
    expect(memory.audit.all).toEqual([]);
    await module.close();
  });
});
