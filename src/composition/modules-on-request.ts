import type { DynamicModule, Type } from '@nestjs/common';
import { PagesModule } from '../pages/pages.module.js';
import { ResumedSessionModule } from '../pages/resumed-session.module.js';
import type { LatchkeyComposition } from './latchkey-options.js';

/** What is there only where it is asked for. The authorization server is loaded then. @param prefix of the API's routes */
export function modulesOnRequest(
  { pages = false, oauth = false }: LatchkeyComposition,
  prefix: string,
): (Type | Promise<DynamicModule>)[] {
  return [
    ...(pages ? [PagesModule, ResumedSessionModule] : []),
    ...(oauth ? [authorizationServer(pages, prefix)] : []),
  ];
}

async function authorizationServer(pages: boolean, prefix: string): Promise<DynamicModule> {
  const { AuthorizationServerModule } = await import('./authorization-server.module.js');
  return AuthorizationServerModule.forRoot(pages, prefix);
}
