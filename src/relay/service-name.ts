/** Nothing that a log, a header or a query would have to escape. */
const SAFE_NAME = /^[A-Za-z0-9._-]{1,64}$/;

/** Whether a text may go on as the name of a service, or of a request. */
export function isServiceName(name: unknown): name is string {
  return typeof name === 'string' && SAFE_NAME.test(name);
}
