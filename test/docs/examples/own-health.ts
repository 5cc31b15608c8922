import { Controller, Get, Module, ServiceUnavailableException } from '@nestjs/common';
import { Public, Readiness } from 'latchkey';

@Controller('healthz')
class HealthzController {
  constructor(private readonly readiness: Readiness) {}

  @Get()
  @Public()
  async healthz() {
    const { status, checks } = await this.readiness.check();
    const all = { ...checks, invoices: await invoicesAreThere() };
    if (status === 'unavailable' || all.invoices === 'failed') throw new ServiceUnavailableException();
    return all;
  }
}

/** Yours. */
function invoicesAreThere(): Promise<'ok' | 'failed'> {
  return Promise.resolve('ok');
}

@Module({ controllers: [HealthzController] })
export class HealthzModule {}
