import { expect } from '@jest/globals';
import fc from 'fast-check';
import { type Event, linearise } from './linearisation.js';
import { type Forgery, LIFETIMES, type Operation, type SessionModel, type Subject } from './session-model.js';
import type { SessionWorld } from './session-world.js';

/**
 * A step of a history. It prints as the TypeScript that makes it, so that a counter-example can be kept as it was
 * printed (regressions.ts).
 */
export type Command = fc.AsyncCommand<SessionModel, SessionWorld>;

/** A call that says which session and token it means only when it is made. */
interface Call {
  readonly text: string;
  operation(model: SessionModel): Operation;
  /** Whether a successor that it gets is presented at once, too. */
  readonly goesOn?: boolean;
}

const sessionOf = (model: SessionModel, session: number) => session % model.sessions.length;

function present(text: string, session: number, age: number, goesOn = false): Call {
  const operation = (model: SessionModel): Operation => {
    const number = sessionOf(model, session);
    const live = model.sessions[number]?.generation ?? 0;
    return { kind: 'present', session: number, generation: Math.max(0, live - age) };
  };
  return { text, operation, goesOn };
}

export const rotate = (session: number): Call => present(`rotate(${session})`, session, 0);
/** The live token, and its successor as soon as it is there. */
export const rotateTwice = (session: number): Call => present(`rotateTwice(${session})`, session, 0, true);
/** A token that was replaced `age` rotations ago. */
export const replay = (session: number, age: number): Call =>
  present(`replay(${session}, ${age})`, session, age);
/** A token that the store has not heard of yet, as after a backup was put back. */
const presentLater = (session: number): Call => present(`presentLater(${session})`, session, -1);

const forge = (session: number, forgery: Forgery): Call => ({
  text: `forge(${session}, '${forgery}')`,
  operation: (model) => ({ kind: 'forge', session: sessionOf(model, session), forgery }),
});

export const open = (subject: Subject): Call => ({
  text: `open('${subject}')`,
  operation: (model) => ({ kind: 'open', session: model.sessions.length, subject }),
});

export const end = (session: number, as: 'owner' | 'other' = 'owner'): Call => ({
  text: `end(${session}${as === 'owner' ? '' : `, '${as}'`})`,
  operation: (model) => {
    const number = sessionOf(model, session);
    const isAlices = model.sessions[number]?.subject === 'alice';
    return { kind: 'end', session: number, subject: isAlices === (as === 'owner') ? 'alice' : 'bob' };
  },
});

export const endAll = (subject: Subject, except?: number): Call => ({
  text: `endAll('${subject}'${except === undefined ? '' : `, ${except}`})`,
  operation: (model) => ({
    kind: 'endAll',
    subject,
    except: except === undefined ? undefined : sessionOf(model, except),
  }),
});

const list = (subject: Subject): Call => ({
  text: `list('${subject}')`,
  operation: () => ({ kind: 'list', subject }),
});

function command(text: string, run: (model: SessionModel, world: SessionWorld) => Promise<void>): Command {
  return { check: () => true, run, toString: () => text };
}

/** After what is done alone, all that can be seen of the store is looked at, too. */
function inSequence(text: string, run: (model: SessionModel, world: SessionWorld) => Promise<void>): Command {
  return command(text, async (model, world) => {
    await run(model, world);
    await agree(model, world);
  });
}

/** One call, which is alone. */
export const alone = (process: number, call: Call): Command =>
  inSequence(`alone(${process}, ${call.text})`, async (model, world) => {
    const operation = call.operation(model);
    const endedBefore = new Set(endedSessions(model));
    const answer = await world.perform(world.process(process), operation);

    expect([operation, answer()]).toEqual([operation, model.apply(operation)]);
    for (const session of endedSessions(model)) {
      // The process that ended a session knows it at once.
      if (!endedBefore.has(session)) expect(world.isRevoked(world.process(process), session)).toBe(true);
    }
  });

/** The answer to a rotation is lost, so that the client asks again after a while. */
export const loseReply = (session: number, pause: number): Command =>
  inSequence(`loseReply(${session}, ${pause})`, async (model, world) => {
    const operation = rotate(session).operation(model);
    const lost = await world.perform(world.process(0), operation);
    expect(lost()).toBe(model.apply(operation));
    moveBoth(model, world, pause);
    const again = await world.perform(world.process(1), operation);

    expect([operation, again()]).toEqual([operation, model.apply(operation)]);
  });

export const move = (milliseconds: number): Command =>
  inSequence(`move(${milliseconds})`, (model, world) => {
    moveBoth(model, world, milliseconds);
    return Promise.resolve();
  });

export const restart = (): Command =>
  inSequence('restart()', async (model, world) => {
    await world.store.restart();
    // Having read the store, every process knows.
    for (const process of world.store.services())
      expectRevocations(model, (n) => world.isRevoked(process, n));
  });

/** Calls at once, one of each process in turn, as fast as the store lets them. */
export const atOnce = (...calls: readonly Call[]): Command =>
  command(`atOnce(${textsOf(calls)})`, async (model, world) =>
    concurrently(model, world, calls, async (threads) => {
      await Promise.all(threads.map((thread) => thread()));
    }),
  );

/** Calls at once whose steps on the store alternate in the given order. */
export const interleaved = (order: readonly number[], ...calls: readonly Call[]): Command =>
  command(`interleaved([${order.join(', ')}], ${textsOf(calls)})`, async (model, world) =>
    concurrently(model, world, calls, async (threads) => world.turnstile.run(threads, order)),
  );

async function concurrently(
  model: SessionModel,
  world: SessionWorld,
  calls: readonly Call[],
  run: (threads: (() => Promise<void>)[]) => Promise<void>,
): Promise<void> {
  let time = 0;
  const events: (() => Event)[] = [];
  const observe = async (process: number, operation: Operation): Promise<void> => {
    const calledAt = time++;
    const answer = await world.perform(world.process(process), operation);
    const answeredAt = time++;
    events.push(() => ({ operation, answer: answer(), calledAt, answeredAt }));
  };
  let opened = model.sessions.length;
  const threads = calls.map((call, index) => {
    const operation = call.operation(model);
    const numbered = operation.kind === 'open' ? { ...operation, session: opened++ } : operation;
    return async () => {
      await observe(index, numbered);
      if (!call.goesOn || numbered.kind !== 'present') return;
      await observe(index, { ...numbered, generation: numbered.generation + 1 });
    };
  });
  await run(threads);
  // Afterwards, so that these lists say what the calls have come to.
  await observe(0, { kind: 'list', subject: 'alice' });
  await observe(0, { kind: 'list', subject: 'bob' });

  const history = events.map((event) => event());
  const revoked = Array.from({ length: opened }, (_, session) => isRevokedSomewhere(world, session));
  const after = linearise(model, history, (candidate) =>
    candidate.sessions.every(
      (session, number) => session.forgotten || revoked[number] === (session.endedAt !== undefined),
    ),
  );
  if (!after) {
    const told = { before: model.sessions, now: model.now, history, revoked };
    throw new Error(`No order of these calls explains the answers: ${JSON.stringify(told, undefined, 1)}`);
  }
  Object.assign(model, { sessions: after.sessions });
}

/** What can be seen of the store is what the model says. */
async function agree(model: SessionModel, world: SessionWorld): Promise<void> {
  const lists = (['alice', 'bob'] as const).map((subject) => ({ kind: 'list', subject }) as const);
  const answers = await Promise.all(lists.map((operation) => world.perform(world.process(0), operation)));
  expect(answers.map((answer) => answer())).toEqual(lists.map((operation) => model.apply(operation)));
  expectRevocations(model, (session) => isRevokedSomewhere(world, session));
}

/** A session's access tokens are revoked if and only if it has ended. */
function expectRevocations(model: SessionModel, isRevoked: (session: number) => boolean): void {
  const certain = [...model.sessions.keys()].filter((session) => !model.sessions[session]?.forgotten);
  const ended = new Set(endedSessions(model));
  expect(certain.filter((session) => isRevoked(session))).toEqual(
    certain.filter((session) => ended.has(session)),
  );
}

function isRevokedSomewhere(world: SessionWorld, session: number): boolean {
  return world.store.services().some((process) => world.isRevoked(process, session));
}

function endedSessions(model: SessionModel): number[] {
  return [...model.sessions.keys()].filter((session) => model.sessions[session]?.endedAt !== undefined);
}

function moveBoth(model: SessionModel, world: SessionWorld, milliseconds: number): void {
  model.move(milliseconds);
  world.clock.advance(milliseconds);
}

function textsOf(calls: readonly Call[]): string {
  return calls.map((call) => call.text).join(', ');
}

const { grace, idle, session: maxAge } = LIFETIMES;
const sessions = fc.nat({ max: 3 });
const subjects = fc.constantFrom<Subject>('alice', 'alice', 'alice', 'bob');
const forgeries = fc.constantFrom<Forgery>('foreignKey', 'brokenMac', 'otherSecret', 'unknownSession');
const moves = fc.constantFrom(1, grace - 1, grace, 60_000, idle - 1, idle, maxAge / 2, -1, -grace, -idle);
const orders = fc.array(fc.nat({ max: 3 }), { maxLength: 8 });
const pauses = fc.constantFrom(0, 1, grace - 1, grace, grace + 1);

/** The numbers say how often each is chosen, compared to the others. The first is what the others shrink to. */
const weighted = <T>(...choices: [number, fc.Arbitrary<T>][]): fc.Arbitrary<T> =>
  fc.oneof({ withCrossShrink: true }, ...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })));

const calls = weighted(
  [8, sessions.map(rotate)],
  [5, fc.tuple(sessions, fc.constantFrom(1, 1, 1, 2, 3, 5)).map((parameters) => replay(...parameters))],
  [3, subjects.map(open)],
  [2, sessions.map((session) => end(session))],
  [1, sessions.map((session) => end(session, 'other'))],
  [1, subjects.map((subject) => endAll(subject))],
  [1, fc.tuple(subjects, sessions).map((parameters) => endAll(...parameters))],
  [1, fc.tuple(sessions, forgeries).map((parameters) => forge(...parameters))],
  [1, subjects.map(list)],
);

/** No client has a token before the store has it: `presentLater` is for a store that does not change meanwhile. */
const callsAlone = weighted([25, calls], [1, sessions.map(presentLater)]);

/** Five operations at most. */
const batches = weighted<Call[]>(
  [1, fc.array(calls, { minLength: 1, maxLength: 5 })],
  [
    1,
    fc
      .tuple(sessions.map(rotateTwice), fc.array(calls, { minLength: 1, maxLength: 3 }))
      .map(([first, others]) => [first].concat(others)),
  ],
);

const commands = weighted<Command>(
  [3, fc.tuple(fc.nat({ max: 2 }), callsAlone).map((parameters) => alone(...parameters))],
  [1, fc.tuple(sessions, pauses).map((parameters) => loseReply(...parameters))],
  [1, moves.map(move)],
  [1, fc.constant(restart())],
  [1, batches.map((batch) => atOnce(...batch))],
  [1, fc.tuple(orders, batches).map(([order, batch]) => interleaved(order, ...batch))],
);

/** Any history. */
export function histories(replayPath: string | undefined): fc.Arbitrary<Iterable<Command>> {
  const toReplay = replayPath === undefined ? {} : { replayPath };
  return fc.commands([commands], { maxCommands: 20, size: 'max', ...toReplay });
}
