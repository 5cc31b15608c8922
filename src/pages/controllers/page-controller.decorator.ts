import { applyDecorators } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../../common/public.decorator.js';
import { UnversionedController } from '../../common/unversioned-controller.decorator.js';

/** Pages: for people, and so in no OpenAPI document. Callers are known by what the API says of their cookies. */
export function PageController(): ClassDecorator {
  return applyDecorators(UnversionedController(), Public(), ApiExcludeController());
}
