import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { decodeSessionCursor, encodeSessionCursor } from './session-page.js';

const position = { lastUsedAt: new Date('2030-01-01T00:00:00.123Z'), id: randomUUID() };

describe('the cursor of a list of sessions', () => {
  it('is read as the position it was written from', () => {
    expect(decodeSessionCursor(encodeSessionCursor(position))).toEqual(position);
  });

  it.each([
    ['nothing', ''],
    ['a cursor of another list', Buffer.alloc(16).toString('base64url')],
    ['one that is cut', encodeSessionCursor(position).slice(1)],
    ['one with something added', `${encodeSessionCursor(position)}A`],
    ['one in another alphabet', `${encodeSessionCursor(position).slice(0, -1)}=`],
    ['a text', 'undefined'],
  ])('is refused where it is %s', (_, cursor) => {
    expect(decodeSessionCursor(cursor)).toBeUndefined();
  });
});
