import {
  type Command,
  alone,
  atOnce,
  end,
  endAll,
  interleaved,
  loseReply,
  move,
  open,
  replay,
  restart,
  rotate,
  rotateTwice,
} from './session-commands.js';
import { LIFETIMES } from './session-model.js';

const { grace, idle } = LIFETIMES;

/**
 * Histories that are always tried first: some that are known to be delicate, and every counter-example that was ever
 * found, as the failing test printed it. Session 0 is alice's and open when they begin.
 */
export const REGRESSIONS: readonly { readonly title: string; readonly history: readonly Command[] }[] = [
  {
    title: 'a stolen token used twice: reuse is said once, then that the session has ended',
    history: [
      alone(0, rotate(0)),
      alone(1, rotate(0)),
      alone(2, replay(0, 2)),
      alone(0, replay(0, 2)),
      alone(1, rotate(0)),
      restart(),
    ],
  },
  {
    title: 'a stolen token used twice at once, each finding the session open before either ends it',
    history: [
      alone(0, rotate(0)),
      alone(1, rotate(0)),
      interleaved([0, 0, 0, 0, 0, 0], replay(0, 2), replay(0, 2)),
      alone(2, rotate(0)),
    ],
  },
  {
    title: 'a lost reply, then a logout: asking again gets nothing',
    history: [
      loseReply(0, grace - 1),
      alone(1, end(0)),
      alone(2, replay(0, 1)),
      alone(0, rotate(0)),
      restart(),
    ],
  },
  {
    title: 'a replay exactly when the grace window closes is reuse',
    history: [alone(0, rotate(0)), move(grace - 1), alone(1, replay(0, 1)), move(1), alone(2, replay(0, 1))],
  },
  {
    title: 'a clock that steps back neither opens a session again nor moves what was fixed',
    history: [
      alone(0, rotate(0)),
      move(idle),
      alone(1, rotate(0)),
      move(-1),
      alone(2, rotate(0)),
      move(grace),
      move(-grace),
      alone(0, replay(0, 1)),
      move(-idle),
      alone(1, end(0)),
      alone(2, rotate(0)),
      restart(),
    ],
  },
  {
    title: 'ending all sessions but the current one while they rotate',
    history: [
      alone(0, open('alice')),
      alone(1, open('alice')),
      atOnce(rotate(0), endAll('alice', 0), rotateTwice(1), rotate(2)),
      interleaved([1, 0, 1, 0], endAll('alice', 0), rotate(1), rotate(2), replay(0, 1)),
      alone(2, rotate(0)),
      restart(),
    ],
  },
  {
    title: 'one token rotated twice at once moves the session on once',
    history: [atOnce(rotate(0), rotate(0))],
  },
  {
    title: 'a rotation overtaken by two others does not set the session back',
    history: [interleaved([0, 3], rotateTwice(0), rotate(0)), atOnce(rotateTwice(0), rotate(0), rotate(0))],
  },
  {
    title: 'reuse is answered when the session has ended, not before',
    history: [alone(0, rotate(0)), alone(0, rotate(0)), alone(0, replay(0, 5))],
  },
  {
    title: 'a session unused for too long is over for the live token, too',
    history: [move(idle), alone(0, rotate(0)), alone(1, end(0))],
  },
];
