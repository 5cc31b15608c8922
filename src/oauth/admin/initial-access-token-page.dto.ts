import { ApiPropertyOptional } from '@nestjs/swagger';
import { isUUID, IsOptional } from 'class-validator';
import { IsPageCursor, pageLimit, PageLimitField } from '../../common/validation/page-limit.js';
import type { InitialAccessToken } from '../registration/initial-access-token.js';
import { InitialAccessTokenModel, InitialAccessTokenPageModel } from './initial-access-token.model.js';

/** Which page of the initial access tokens. */
export class InitialAccessTokenPageDto {
  @PageLimitField()
  limit?: string;

  @ApiPropertyOptional({
    description: 'The `nextCursor` of the page before.',
    example: '019c0f3a-9d00-7000-8b1c-2f4f8f1d7a11',
  })
  @IsOptional()
  @IsPageCursor((cursor) => isUUID(cursor), 'cursor must be the nextCursor of the page before')
  cursor?: string;
}

/** The page that was asked for. @param list gives so many after an id */
export async function initialAccessTokenPage(
  { limit, cursor }: InitialAccessTokenPageDto,
  list: (page: { limit: number; after: string | undefined }) => Promise<InitialAccessToken[]>,
): Promise<InitialAccessTokenPageModel> {
  const size = pageLimit(limit);
  const found = await list({ limit: size + 1, after: cursor });
  const tokens = found.slice(0, size).map((token) => InitialAccessTokenModel.of(token));
  const last = found.length > size ? tokens.at(-1) : undefined;
  return { tokens, nextCursor: last?.id ?? null };
}
