import { applyDecorators } from '@nestjs/common';
import { ArrayMaxSize, ArrayUnique, IsArray } from 'class-validator';

/**
 * A list whose entries are told apart. That it is a list is asked first, which stands last where decorators are written one by one.
 * @param max entries
 * @param rules of its entries
 */
export function IsDistinctList(name: string, max: number, ...rules: PropertyDecorator[]): PropertyDecorator {
  return applyDecorators(
    IsArray({ message: `${name} must be a list` }),
    ArrayMaxSize(max, { message: `${name} must be ${max} at most` }),
    ArrayUnique({ message: `${name} must not name one twice` }),
    ...rules,
  );
}
