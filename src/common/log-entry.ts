import type { ClientInfo } from './client-info.js';

/** A log line that names the request it is about, as its client was told, where there is one. */
export function logEntry(
  message: string,
  request?: Pick<ClientInfo, 'requestId'> | null,
): string | { readonly message: string; readonly requestId: string } {
  const requestId = request?.requestId;
  return typeof requestId === 'string' ? { message, requestId } : message;
}
