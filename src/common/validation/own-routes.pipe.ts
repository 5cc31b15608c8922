import { type ArgumentMetadata, Inject, Injectable, Optional, type PipeTransform } from '@nestjs/common';

/** What is sent to our routes is held against it by this pipe; nothing is where the application's pipe has done so before. */
export const OWN_BODY_RULES = Symbol('OwnBodyRules');

/** Checks what is sent to our routes where no pipe of ours checks all that is sent to the application. */
@Injectable()
export class OwnRoutesPipe implements PipeTransform {
  constructor(@Optional() @Inject(OWN_BODY_RULES) private readonly rules?: PipeTransform) {}

  transform(value: unknown, metadata: ArgumentMetadata): unknown {
    return this.rules ? (this.rules.transform(value, metadata) as unknown) : value;
  }
}
