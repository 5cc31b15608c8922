import { Controller, VERSION_NEUTRAL } from '@nestjs/common';

/** A controller of ours: it answers at its addresses whatever versioning the application has. */
export function UnversionedController(path = ''): ClassDecorator {
  return Controller({ path, version: VERSION_NEUTRAL });
}
