import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiSecurity } from '@nestjs/swagger';
import { CREDENTIALS_KEY } from '../../access/access.decorators.js';

/**
 * Takes credentials of a team's own (`CredentialStrategy`), too, where a request carries no access token. On a handler or a
 * class; the handler's word wins. Roles and scopes hold as ever.
 * @param names of strategies, which Swagger shows as security schemes; none: all there are
 * @example `@AcceptsCredentials('api-key')`
 */
export const AcceptsCredentials = (...names: string[]): ClassDecorator & MethodDecorator =>
  applyDecorators(SetMetadata(CREDENTIALS_KEY, names), ...names.map((name) => ApiSecurity(name)));
