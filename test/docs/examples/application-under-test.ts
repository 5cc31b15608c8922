import { Controller, Get } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { CurrentUser, LatchkeyModule, Scopes } from 'latchkey';
import { InMemoryLatchkey, type InMemoryLatchkeyOptions } from 'latchkey/testing';

@Controller('invoices')
class InvoicesController {
  @Get()
  @Scopes('profile:read')
  list(@CurrentUser('subject') of: string) {
    return { of };
  }
}

/** An application that opens no database, no file and no connection. */
export async function shopUnderTest(options: InMemoryLatchkeyOptions = {}) {
  const memory = await InMemoryLatchkey.create(options);
  const module = await Test.createTestingModule({
    imports: [LatchkeyModule.forRoot(memory.options)],
    controllers: [InvoicesController],
  }).compile();
  const app = module.createNestApplication();
  await app.listen(0, '127.0.0.1');
  return { app, url: await app.getUrl(), memory };
}
