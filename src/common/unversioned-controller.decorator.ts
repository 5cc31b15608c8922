import { applyDecorators, Controller, UseFilters, UsePipes, VERSION_NEUTRAL } from '@nestjs/common';
import { rememberOwn } from './is-of-latchkey.js';
import { OwnRoutesFilter } from './problem-details/own-routes.filter.js';
import { OwnRoutesPipe } from './validation/own-routes.pipe.js';

/**
 * A controller of ours: it answers at its addresses whatever versioning the application has, and as it is documented whichever
 * filter, pipe and guards the application has for its own.
 */
export function UnversionedController(path = ''): ClassDecorator {
  return applyDecorators(
    Controller({ path, version: VERSION_NEUTRAL }),
    UseFilters(OwnRoutesFilter),
    UsePipes(OwnRoutesPipe),
    rememberOwn,
  );
}
