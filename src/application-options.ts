import type { LoggerService } from '@nestjs/common';
import type { LatchkeyComposition } from './composition/latchkey-options.js';

/** What may stand in for a default when the whole server is made. */
export interface ApplicationOptions extends LatchkeyComposition {
  /** As of `LatchkeyModule`. Default: `false`, since the server makes the first administrator itself. */
  readonly initialAdmin?: LatchkeyComposition['initialAdmin'];
  /** As of `LatchkeyModule`. Default: `true`. */
  readonly metrics?: LatchkeyComposition['metrics'];
  readonly logger?: LoggerService | false;
}
