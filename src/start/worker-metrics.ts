import cluster, { type Worker } from 'node:cluster';
import { randomUUID } from 'node:crypto';
import { OtherProcesses } from '../metrics/other-processes.js';

/** How long a worker that was asked waits for the others: a scrape waits ten seconds. Milliseconds. */
const PATIENCE = 2_000;

/** What a worker is asked, and answers, through the process that started it. */
type Question = { readonly latchkey: 'metrics?'; readonly id: string; readonly asker: number };
type Answer = {
  readonly latchkey: 'metrics';
  readonly id: string;
  readonly asker: number;
  readonly metrics: object[];
};
/** To the asker, ahead of the answers: how many there will be. */
type Expected = { readonly latchkey: 'metrics-of'; readonly id: string; readonly count: number };

interface Waiting {
  readonly answers: object[][];
  expected: number;
  readonly done: () => void;
}

/** In the process that started the workers: hands their questions and answers on. */
export function passMetricsOn(): void {
  cluster.on('message', (_worker, message: unknown) => {
    if (isQuestion(message)) askOthers(message);
    if (isAnswer(message)) tell(cluster.workers?.[message.asker], message);
  });
}

function askOthers(question: Question): void {
  const others = Object.values(cluster.workers ?? {}).filter(
    (worker): worker is Worker =>
      worker !== undefined && worker.id !== question.asker && worker.isConnected(),
  );
  const expected: Expected = { latchkey: 'metrics-of', id: question.id, count: others.length };
  tell(cluster.workers?.[question.asker], expected);
  for (const worker of others) tell(worker, question);
}

/** A worker that ends meanwhile is told nothing. */
function tell(worker: Worker | undefined, message: Question | Answer | Expected): void {
  if (worker?.isConnected()) worker.send(message, () => undefined);
}

/** In a worker. One that does not answer in time is left out of the sum. */
export class OtherWorkers extends OtherProcesses {
  private readonly waiting = new Map<string, Waiting>();
  private own: () => Promise<object[]> = () => Promise.resolve([]);

  constructor() {
    super();
    process.on('message', (message: unknown) => {
      if (isQuestion(message)) void this.answer(message);
      if (isExpected(message)) this.expect(message);
      if (isAnswer(message)) this.collect(message);
    });
  }

  override answerWith(own: () => Promise<object[]>): void {
    this.own = own;
  }

  override ask(): Promise<object[][]> {
    const id = randomUUID();
    return new Promise((resolve) => {
      const answers: object[][] = [];
      const done = (): void => {
        clearTimeout(timer);
        this.waiting.delete(id);
        resolve(answers);
      };
      const timer = setTimeout(done, PATIENCE);
      this.waiting.set(id, { answers, expected: Infinity, done });
      send({ latchkey: 'metrics?', id, asker: cluster.worker?.id ?? 0 });
    });
  }

  private async answer({ id, asker }: Question): Promise<void> {
    // One whose metrics cannot be read says nothing, and is left out.
    const metrics = await this.own().catch(() => undefined);
    if (metrics) send({ latchkey: 'metrics', id, asker, metrics });
  }

  private expect({ id, count }: Expected): void {
    const waiting = this.waiting.get(id);
    if (!waiting) return;
    waiting.expected = count;
    if (count === 0) waiting.done();
  }

  private collect({ id, metrics }: Answer): void {
    const waiting = this.waiting.get(id);
    if (!waiting) return;
    if (waiting.answers.push(metrics) === waiting.expected) waiting.done();
  }
}

function send(message: Question | Answer): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

function isQuestion(message: unknown): message is Question {
  return kindOf(message) === 'metrics?';
}

function isAnswer(message: unknown): message is Answer {
  return kindOf(message) === 'metrics';
}

function isExpected(message: unknown): message is Expected {
  return kindOf(message) === 'metrics-of';
}

function kindOf(message: unknown): unknown {
  return typeof message === 'object' && message !== null && 'latchkey' in message
    ? message.latchkey
    : undefined;
}
