import { connect } from 'node:net';
import type { Problem } from '../../support/api-client.js';
import type { ProblemAnswer } from './problems.js';

export interface RawAnswer extends ProblemAnswer {
  /** The body as it came. */
  readonly text: string;
}

/** Writes bytes that no HTTP client would send, and reads the answer until the server hangs up. */
export async function sendRaw(url: string, request: string | Uint8Array): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    // A server that has answered need not read the rest of a request.
    socket.on('error', (error) =>
      chunks.length > 0 ? resolve(Buffer.concat(chunks).toString()) : reject(error),
    );
    socket.on('close', () => resolve(Buffer.concat(chunks).toString()));
    socket.write(request);
  });
  return parseAnswer(answer);
}

function parseAnswer(answer: string): RawAnswer {
  const end = answer.indexOf('\r\n\r\n');
  if (end < 0) throw new Error(`That is no HTTP answer: ${JSON.stringify(answer)}`);
  const [statusLine = '', ...lines] = answer.slice(0, end).split('\r\n');
  const headers = new Headers(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    }),
  );
  const text = answer.slice(end + 4);
  const isJson = /[/+]json\b/.test(headers.get('content-type') ?? '') && text !== '';
  return {
    status: Number(statusLine.split(' ')[1]),
    headers,
    text,
    body: (isJson ? JSON.parse(text) : { code: text }) as Problem,
  };
}
