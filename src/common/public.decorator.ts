import type { CustomDecorator } from '@nestjs/common';
import { SetMetadata } from './nest.js';

export const PUBLIC_KEY = 'latchkey:public';

/** Opens a handler or a whole controller: no access token is needed. A handler's own word wins over its class's. */
export const Public = (isPublic = true): CustomDecorator => SetMetadata(PUBLIC_KEY, isPublic);
