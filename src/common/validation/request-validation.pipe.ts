import { type ArgumentMetadata, Injectable, Optional, ValidationPipe } from '@nestjs/common';
import { type FieldError, LatchkeyError } from '../errors/latchkey-error.js';
import { ExtendedBodies } from './extended-bodies.js';
import { fieldErrorsOf, unknownField } from './field-errors.js';

const MAX_DEPTH = 16;
const PLAIN: ReadonlySet<unknown> = new Set([String, Number, Boolean]);
/** Enough to mend a body by; a body of nothing but unknown fields gets no answer larger than itself. */
const MAX_ERRORS = 50;

/** The global pipe: DTOs are whitelisted, unknown fields refused, and nothing is converted from one type to another. */
@Injectable()
export class RequestValidationPipe extends ValidationPipe {
  /** @internal */
  constructor(@Optional() private readonly extended?: ExtendedBodies) {
    super({
      transform: true,
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: true,
      stopAtFirstError: true,
      // The values tell what is missing, and go no further.
      validationError: { target: false, value: true },
      exceptionFactory: (errors) => validationFailed(fieldErrorsOf(errors)),
    });
  }

  /** @throws LatchkeyError `VALIDATION_FAILED`, with what is wrong about each field */
  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    // Of a decorator such as `@CurrentUser()`: made here, not sent.
    return metadata.type === 'custom' ? Promise.resolve(value) : this.transformSent(value, metadata);
  }

  private async transformSent(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'body' && !isPlain(value, metadata)) {
      if (value === null || typeof value !== 'object' || Array.isArray(value)) {
        throw validationFailed([{ field: '', message: 'the body must be a JSON object' }]);
      }
      const inherited = Object.keys(value).filter(isNameOfEveryObject);
      if (inherited.length > 0) throw validationFailed(inherited.map(unknownField));
      // Before class-transformer, which recurses.
      if (isDeeperThan(value, MAX_DEPTH)) {
        throw validationFailed([
          { field: '', message: `the body must not nest deeper than ${MAX_DEPTH} levels` },
        ]);
      }
    }
    const { metatype } = metadata;
    const extended =
      metatype && this.extended ? { ...metadata, metatype: this.extended.of(metatype) } : metadata;
    return (await super.transform(value, extended)) as unknown;
  }
}

/** What a message holds in place of an object, for a handler that names no class: gateways take texts and numbers. */
function isPlain(value: unknown, { metatype }: ArgumentMetadata): boolean {
  return (value === null || typeof value !== 'object') && (metatype === undefined || PLAIN.has(metatype));
}

/** `toString`, `constructor`, …: the whitelist takes them for known, since every object has them. */
function isNameOfEveryObject(name: string): boolean {
  return name in Object.prototype || name === 'prototype';
}

function validationFailed(fields: FieldError[]): LatchkeyError {
  return new LatchkeyError('VALIDATION_FAILED', 'The request holds fields that are missing or not valid.', {
    fields: fields.slice(0, MAX_ERRORS),
  });
}

function isDeeperThan(root: object, limit: number): boolean {
  let level: unknown[] = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > limit) return true;
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null
        ? Object.values<unknown>(value as Record<string, unknown>)
        : [],
    );
  }
  return false;
}
