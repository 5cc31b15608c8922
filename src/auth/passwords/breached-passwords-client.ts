import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';

/** Connections that are kept, and so questions on their way at once; more wait for one of them. */
const MAX_CONNECTIONS = 8;
/** Questions that are waited for at once. */
const MAX_QUESTIONS = 64;
/** Some ten times what an answer has. Bytes. */
const ANSWER_MAX_BYTES = 1_048_576;

/** The answer to a range, padding included. */
const ANSWER = /^(?:[0-9A-F]{35}:\d{1,15}(?:\r?\n|$))+$/i;

/**
 * Asks a server that speaks the k-anonymity range protocol of Have I Been Pwned: it is told the first five hexadecimal
 * digits of a hash, and answers the rest of all it knows that begin so. Follows no redirect and uses no proxy.
 */
export class BreachedPasswordsClient {
  private readonly agent;
  private readonly request;
  private asking = 0;

  /** @param timeout for a whole answer, in milliseconds */
  constructor(
    private readonly url: string,
    private readonly timeout: number,
  ) {
    const secure = new URL(url).protocol === 'https:';
    // Agents of its own: the global ones may have been told of a proxy.
    const options = { keepAlive: true, maxSockets: MAX_CONNECTIONS };
    this.agent = secure ? new HttpsAgent(options) : new HttpAgent(options);
    this.request = secure ? requestHttps : requestHttp;
  }

  /**
   * @param prefix five hexadecimal digits
   * @returns lines of a suffix, a colon and how often it was found; 0: padding
   * @throws Error if there is no proper answer in time
   */
  async range(prefix: string): Promise<string> {
    if (this.asking >= MAX_QUESTIONS) throw new Error('too many questions are waiting for an answer');
    this.asking += 1;
    try {
      const answer = await this.get(new URL(prefix, this.url.endsWith('/') ? this.url : `${this.url}/`));
      if (!ANSWER.test(answer)) throw new Error('the answer is no list of hashes');
      return answer;
    } finally {
      this.asking -= 1;
    }
  }

  close(): void {
    this.agent.destroy();
  }

  private get(url: URL): Promise<string> {
    return new Promise((resolve, reject) => {
      const request = this.request(url, {
        agent: this.agent,
        headers: { 'user-agent': 'latchkey', 'add-padding': 'true', 'accept-encoding': 'identity' },
      });
      const deadline = setTimeout(
        () => request.destroy(new Error(`no answer within ${this.timeout} ms`)),
        this.timeout,
      );
      request.on('response', (response) => {
        bodyOf(response).then(resolve, (cause: unknown) => {
          reject(new Error((cause as Error).message, { cause }));
          request.destroy();
        });
      });
      request.on('error', reject);
      request.on('close', () => clearTimeout(deadline));
      request.end();
    });
  }
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  if (response.statusCode !== 200) throw new Error(`the answer has the status ${response.statusCode}`);
  let body = '';
  for await (const chunk of response.setEncoding('latin1') as AsyncIterable<string>) {
    body += chunk;
    if (body.length > ANSWER_MAX_BYTES) throw new Error('the answer is too long');
  }
  return body;
}
