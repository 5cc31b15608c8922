import type { DynamicModule, Type } from '@nestjs/common';
import { PagesModule } from '../pages/pages.module.js';
import { ResumedSessionModule } from '../pages/resumed-session.module.js';
import type { AuthorizationServerOptions } from './authorization-server.module.js';
import type { LatchkeyComposition } from './latchkey-options.js';

/**
 * What is there only where it is asked for. The authorization server is loaded then.
 * @param prefix of the API's routes
 * @param admin whether there are routes for administrators
 */
export function modulesOnRequest(
  { pages = false, oauth = false }: LatchkeyComposition,
  prefix: string,
  admin: boolean,
): (Type | Promise<DynamicModule>)[] {
  return [
    ...(pages ? [PagesModule, ResumedSessionModule] : []),
    ...(oauth ? [authorizationServer({ pages, prefix, admin })] : []),
  ];
}

async function authorizationServer(options: AuthorizationServerOptions): Promise<DynamicModule> {
  const { AuthorizationServerModule } = await import('./authorization-server.module.js');
  return AuthorizationServerModule.forRoot(options);
}
