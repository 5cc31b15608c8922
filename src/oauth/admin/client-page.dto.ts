import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { IsPageCursor, pageLimit, PageLimitField } from '../../common/validation/page-limit.js';
import { isClientId, type StoredClient } from '../clients/oauth-client.js';
import { ClientModel, ClientPageModel } from './client.model.js';

/** Which page of the clients. */
export class ClientPageDto {
  @PageLimitField()
  limit?: string;

  @ApiPropertyOptional({ description: 'The `nextCursor` of the page before.', example: 'c2hvcA' })
  @IsOptional()
  @IsPageCursor((cursor) => decoded(cursor) !== undefined, 'cursor must be the nextCursor of the page before')
  cursor?: string;
}

/** The page that was asked for. @param list gives so many clients after an id */
export async function clientPage(
  { limit, cursor }: ClientPageDto,
  list: (page: { limit: number; after: string | undefined }) => Promise<StoredClient[]>,
): Promise<ClientPageModel> {
  const size = pageLimit(limit);
  const found = await list({ limit: size + 1, after: cursor === undefined ? undefined : decoded(cursor) });
  const clients = found.slice(0, size).map((stored) => ClientModel.of(stored));
  const last = found.length > size ? clients.at(-1) : undefined;
  return { clients, nextCursor: last ? Buffer.from(last.id).toString('base64url') : null };
}

function decoded(cursor: string): string | undefined {
  const id = Buffer.from(cursor, 'base64url').toString();
  return isClientId(id) && Buffer.from(id).toString('base64url') === cursor ? id : undefined;
}
