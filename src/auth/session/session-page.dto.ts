import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import type { HttpRequest, HttpResponse } from '../../common/client-info.js';
import { IsPageCursor, pageLimit, PageLimitField } from '../../common/validation/page-limit.js';
import type { Session } from '../../tokens/sessions/session.js';
import {
  decodeSessionCursor,
  encodeSessionCursor,
  type SessionPage,
} from '../../tokens/sessions/session-page.js';

/** For the OpenAPI document. */
export const NEXT_PAGE_HEADER = {
  Link: {
    description: 'Where the next page is, as `<…>; rel="next"` (RFC 8288); absent on the last one.',
    schema: { type: 'string' },
  },
} as const;

export class SessionPageDto {
  @PageLimitField()
  limit?: string;

  @ApiPropertyOptional({
    description: 'Of the `Link` that the page before came with.',
    example: 'AZxJ8ZgADHpKPlobSzmNPC9Pjx16EA',
  })
  @IsOptional()
  @IsPageCursor(
    (cursor) => decodeSessionCursor(cursor) !== undefined,
    'cursor must be that of the Link header of the page before',
  )
  cursor?: string;
}

/** What is validated of the query, and one more, which says whether there is a next page. */
export function sessionPageOf({ limit, cursor }: SessionPageDto): SessionPage {
  const after = cursor === undefined ? undefined : decodeSessionCursor(cursor);
  return { limit: pageLimit(limit) + 1, after };
}

/**
 * Tells where the next page is.
 * @param found what `sessionPageOf` found
 * @returns the sessions of this page
 */
export function answerSessionPage(
  found: readonly Session[],
  query: SessionPageDto,
  request: HttpRequest,
  response: HttpResponse,
): Session[] {
  const limit = pageLimit(query.limit);
  const page = found.slice(0, limit);
  const last = page.at(-1);
  if (last && found.length > limit) {
    const [path] = (request.originalUrl ?? request.url).split('?');
    const next = new URLSearchParams({ limit: String(limit), cursor: encodeSessionCursor(last) });
    response.header('Link', `<${path}?${next.toString()}>; rel="next"`);
  }
  return page;
}
