import type { ApiHeaderOptions } from '@nestjs/swagger';

/** For the OpenAPI document. @param seen what it is the version of, e.g. `the user as you saw them` */
export function ifMatchHeader(seen: string): ApiHeaderOptions {
  return {
    name: 'If-Match',
    required: false,
    description: `The \`ETag\` of ${seen}, or \`*\`.`,
    schema: { type: 'string' },
  };
}
