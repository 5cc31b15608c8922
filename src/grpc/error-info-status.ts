const DOMAIN = 'latchkey';
const TYPE = 'type.googleapis.com/google.rpc.ErrorInfo';

/**
 * A `google.rpc.Status` that holds one `google.rpc.ErrorInfo` (reason: the stable code, domain: `latchkey`), in the wire format of
 * protocol buffers. Three small messages: no compiler of them is needed.
 */
export function errorInfoStatus(status: number, message: string, reason: string): Buffer {
  const info = Buffer.concat([text(1, reason), text(2, DOMAIN)]);
  const any = Buffer.concat([text(1, TYPE), bytes(2, info)]);
  return Buffer.concat([Buffer.from([1 << 3]), varint(status), text(2, message), bytes(3, any)]);
}

function text(field: number, value: string): Buffer {
  return bytes(field, Buffer.from(value));
}

/** Wire type 2: a length, then as many bytes. */
function bytes(field: number, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(field << 3) | 2]), varint(value.length), value]);
}

function varint(value: number): Buffer {
  const groups: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) groups.push((rest % 128) | 0x80);
  return Buffer.from([...groups, rest]);
}
