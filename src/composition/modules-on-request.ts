import type { Type } from '@nestjs/common';
import { ConsentsModule } from '../oauth/consents/consents.module.js';
import { OAuthModule } from '../oauth/oauth.module.js';
import { AuthorizationPagesModule } from '../pages/authorization/authorization-pages.module.js';
import { PagesModule } from '../pages/pages.module.js';
import { ResumedSessionModule } from '../pages/resumed-session.module.js';
import type { LatchkeyComposition } from './latchkey-options.js';

/** What is there only where it is asked for. */
export function modulesOnRequest({ pages = false, oauth = false }: LatchkeyComposition): Type[] {
  return [
    ...(pages ? [PagesModule, ResumedSessionModule] : []),
    ...(oauth ? [OAuthModule, ConsentsModule] : []),
    ...(pages && oauth ? [AuthorizationPagesModule] : []),
  ];
}
