import { inSpan } from '../common/tracing/in-span.js';
import { tracingWithinSpan } from '../common/tracing/tracing.js';

/** The part of a client of Redis that is needed. */
interface SendsCommands<Arguments extends readonly [{ readonly name: string }, ...unknown[]]> {
  sendCommand(...sent: Arguments): unknown;
}

/** Has each command of a client be a span, where what asks for it is traced. It says which command, neither keys nor values. */
export function traceCommands<Arguments extends readonly [{ readonly name: string }, ...unknown[]]>(
  client: SendsCommands<Arguments>,
): void {
  const send = client.sendCommand.bind(client);
  client.sendCommand = (...sent) => {
    const tracing = tracingWithinSpan();
    if (!tracing) return send(...sent);
    const operation = sent[0].name.toUpperCase();
    const attributes = { 'db.system.name': 'redis', 'db.operation.name': operation };
    return inSpan(tracing, operation, { kind: 'CLIENT', attributes }, () => Promise.resolve(send(...sent)));
  };
}
