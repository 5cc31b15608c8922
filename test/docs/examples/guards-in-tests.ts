import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
  UseGuards,
} from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  type AuthenticatedRequest,
  CurrentUser,
  JwtAuthGuard,
  LatchkeyModule,
  type Principal,
  Roles,
  RolesGuard,
} from 'latchkey';
import { InMemoryLatchkey } from 'latchkey/testing';

/** Of the application: it lets in who has paid. */
@Injectable()
class PaidGuard implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

@Controller('reports')
class ReportsController {
  @Get()
  @Roles('auditor')
  @UseGuards(PaidGuard)
  list(@CurrentUser('subject') by: string) {
    return { by };
  }
}

const ada = { subject: 'ada', roles: [], scopes: [] } satisfies Partial<Principal>;

/** Every request is Ada's, without a token. */
const asAda: CanActivate = {
  canActivate(context: ExecutionContext): boolean {
    const request = context
      .switchToHttp()
      .getRequest<Omit<AuthenticatedRequest, 'user'> & { user: object }>();
    request.user = ada;
    return true;
  },
};
const open: CanActivate = { canActivate: () => true };

/** Latchkey's guards are providers, for the whole application; those that a controller names are guards to Nest. */
export async function reportsForAda() {
  const memory = await InMemoryLatchkey.create();
  const module = await Test.createTestingModule({
    imports: [LatchkeyModule.forRoot(memory.options)],
    controllers: [ReportsController],
  })
    .overrideProvider(JwtAuthGuard)
    .useValue(asAda)
    .overrideProvider(RolesGuard)
    .useValue(open)
    .overrideGuard(PaidGuard)
    .useValue(open)
    .compile();
  const app = module.createNestApplication();
  await app.listen(0, '127.0.0.1');
  return { app, url: await app.getUrl() };
}
