import type { Operation, SessionModel } from './session-model.js';

/** A call and its answer, and when each was, in the order of all calls and answers. */
export interface Event {
  readonly operation: Operation;
  readonly answer: string;
  readonly calledAt: number;
  readonly answeredAt: number;
}

/**
 * Looks for an order in which the model, one operation after the other, gives every answer that was observed, and in
 * which nothing comes before what had been answered when it was called (Herlihy and Wing, linearizability).
 *
 * Reuse is two steps, as it must be to be durable before it is answered: it is found, and the session ends. Between them
 * others may find the same, so that each of them says "reused"; none answers before the session has ended.
 * @returns the model after it; undefined if there is no such order
 */
export function linearise(
  model: SessionModel,
  events: readonly Event[],
  agrees: (after: SessionModel) => boolean,
): SessionModel | undefined {
  if (events.length === 0) return agrees(model) ? model : undefined;
  const firstAnswer = Math.min(...events.map((event) => event.answeredAt));
  for (const event of events) {
    if (event.calledAt > firstAnswer) continue;
    const others = events.filter((other) => other !== event);
    const next = model.copy();
    if (next.apply(event.operation) !== event.answer) continue;
    const after =
      event.answer === 'REFRESH_TOKEN_REUSED'
        ? linearise(model, [...others, endingOf(model, event)], agrees)
        : linearise(next, others, agrees);
    if (after) return after;
  }
  return undefined;
}

function endingOf(model: SessionModel, event: Event): Event {
  const session = 'session' in event.operation ? event.operation.session : -1;
  const subject = model.sessions[session]?.subject;
  if (!subject) throw new Error('Only a session can be ended by reuse.');
  return { ...event, operation: { kind: 'end', session, subject }, answer: 'done' };
}
