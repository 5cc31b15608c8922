import { randomBytes } from 'node:crypto';

const VERSION = 0x70;
const VARIANT = 0x80;
const COUNTER_MAX = 0xfff;

/** UUIDv7 (RFC 9562 section 5.7): milliseconds, a counter for ids of the same millisecond, 62 random bits. */
export class TimeOrderedIds {
  private last = -1;
  private counter = 0;

  next(now: number): string {
    // Low to begin with, so that the counter does not come round within a millisecond.
    this.counter = now === this.last ? (this.counter + 1) & COUNTER_MAX : 0;
    this.last = now;
    const bytes = Buffer.concat([idBytesAt(now).subarray(0, 8), randomBytes(8)]);
    bytes.writeUInt16BE((VERSION << 8) | this.counter, 6);
    bytes.writeUInt8(VARIANT | (bytes.readUInt8(8) & 0x3f), 8);
    return textOf(bytes);
  }
}

/** No id of that millisecond or later is less, and every id of before is. */
export function firstIdAt(milliseconds: number): string {
  return textOf(idBytesAt(milliseconds));
}

function idBytesAt(milliseconds: number): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(Math.max(0, Math.floor(milliseconds)), 0, 6);
  return bytes;
}

function textOf(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
