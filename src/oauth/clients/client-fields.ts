import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsInt, IsOptional, Matches, Max, Min, ValidateIf } from 'class-validator';
import { IsDistinctList } from '../../common/validation/distinct-list.js';
import { IsStorableText } from '../../common/validation/text.js';
import { URI_MAX_LENGTH } from './client-uris.js';

const ENTRIES_MAX = 50;
/** `scope-token` of RFC 6749 section 3.3. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/;

/** May be left out, and is never null. */
export function Optional(): PropertyDecorator {
  return ValidateIf((_, value) => value !== undefined);
}

/** A list of texts that are told apart. */
function ListField(
  name: string,
  options: ApiPropertyOptions,
  ...rules: PropertyDecorator[]
): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ type: [String], maxItems: ENTRIES_MAX, uniqueItems: true, ...options }),
    Optional(),
    IsDistinctList(name, ENTRIES_MAX, ...rules),
  );
}

/** A list of absolute URIs. */
export function UriListField(name: string, description: string, example: string): PropertyDecorator {
  return ListField(name, { description, example: [example] }, IsStorableText(URI_MAX_LENGTH, { each: true }));
}

export function ScopeListField(name: string, description: string, example: string[]): PropertyDecorator {
  const message = `each of ${name} must be a name of visible ASCII without " and \\`;
  return ListField(name, { description, example }, Matches(SCOPE, { each: true, message }));
}

/** A list of some of these words. */
export function WordListField(name: string, words: readonly string[], example: string[]): PropertyDecorator {
  const message = `each of ${name} must be one of ${words.join(', ')}`;
  return ListField(name, { enum: words, isArray: true, example }, IsIn(words, { each: true, message }));
}

/** One of these words. */
export function WordField(name: string, words: readonly string[], description: string): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ enum: words, description, example: words.at(-1) }),
    Optional(),
    IsIn(words, { message: `${name} must be one of ${words.join(', ')}` }),
  );
}

export function SwitchField(name: string, description: string): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ description, example: false }),
    Optional(),
    IsBoolean({ message: `${name} must be true or false` }),
  );
}

/** A text that may be null. */
export function NullableTextField(
  maxLength: number,
  description: string,
  example: string,
): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ type: String, nullable: true, minLength: 1, maxLength, description, example }),
    IsOptional(),
    IsStorableText(maxLength),
  );
}

interface WholeNumberOptions {
  readonly min: number;
  readonly max: number;
  readonly description: string;
  readonly example: number;
  readonly default?: number;
  readonly nullable?: boolean;
}

/** A whole number. @param rule of when it may be left out */
export function WholeNumberField(
  name: string,
  { min, max, ...options }: WholeNumberOptions,
  rule: PropertyDecorator,
): PropertyDecorator {
  const message = `${name} must be a whole number from ${min} to ${max}`;
  return applyDecorators(
    ApiPropertyOptional({ ...options, type: 'integer', minimum: min, maximum: max }),
    rule,
    IsInt({ message }),
    Min(min, { message }),
    Max(max, { message }),
  );
}
