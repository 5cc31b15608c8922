import { createHash } from 'node:crypto';

/** Of the ids that are made from others: a random UUID, which never changes. */
const NAMESPACE = Buffer.from('6d0f7f0c2f0b4f3b9c0e5d3a8b1e7c42', 'hex');

/** The UUID (version 5, RFC 9562 section 5.5) that always stands for an id of another system. */
export function mappedId(id: string): string {
  const bytes = createHash('sha1').update(NAMESPACE).update(id).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
