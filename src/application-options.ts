import type { LoggerService } from '@nestjs/common';
import type { LatchkeyComposition } from './composition/latchkey-options.js';

/** What may stand in for a default when the whole server is made. */
export interface ApplicationOptions extends LatchkeyComposition {
  readonly logger?: LoggerService | false;
}
