import { ApiProperty } from '@nestjs/swagger';
import { deviceOf } from '../../common/device.js';
import type { Session } from '../../tokens/sessions/session.js';
import type { ClientNames } from './session-clients.js';

/** What is told of a session to every reader. */
export class SessionFields {
  @ApiProperty({ format: 'uuid', example: '0c7a4a3e-5a1b-4b39-8d3c-2f4f8f1d7a10' })
  id!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'As people call it, from the user agent; null if it cannot be told.',
    example: 'Firefox on Windows',
  })
  device!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The user agent it was opened with, at most 256 characters of it.',
    example: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0',
  })
  userAgent!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The address it was opened from.',
    example: '203.0.113.7',
  })
  ip!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The OAuth client that it was granted to; null: it was opened here.',
    example: null,
  })
  clientId!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'What that client is called.', example: null })
  clientName!: string | null;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-31T12:00:00.000Z' })
  createdAt!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'The last log-in or refresh.',
    example: '2026-01-31T13:30:00.000Z',
  })
  lastUsedAt!: string;
}

/** A session as its user sees it. */
export class SessionModel extends SessionFields {
  @ApiProperty({ description: 'Whether it is the session of the token that asks.', example: true })
  current!: boolean;

  static of(session: Session, currentId: string, names: ClientNames): SessionModel {
    return Object.assign(sessionFieldsOf(session, names), { current: session.id === currentId });
  }
}

export function sessionFieldsOf(session: Session, names: ClientNames): SessionFields {
  return {
    id: session.id,
    device: deviceOf(session.userAgent),
    userAgent: session.userAgent,
    ip: session.ip,
    clientId: session.clientId,
    clientName: names.get(session.clientId ?? '') ?? null,
    createdAt: session.createdAt.toISOString(),
    lastUsedAt: session.lastUsedAt.toISOString(),
  };
}
