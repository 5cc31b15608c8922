import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';

const MAIN = createRequire(import.meta.url).resolve('oidc-client-ts');
/** As a single-page application has it in one file. */
const LIBRARY = readFileSync(join(dirname(MAIN), '../browser/oidc-client-ts.min.js'));
const SCRIPT = `
const manager = new oidc.UserManager({
  authority: SETTINGS.issuer, client_id: SETTINGS.id, scope: 'openid email',
  redirect_uri: location.origin + '/callback', post_logout_redirect_uri: location.origin + '/signed-out',
  automaticSilentRenew: false, loadUserInfo: true,
});
const say = (text) => { document.querySelector('p').textContent = text; };
const show = (user) => say(user ? 'Signed in as ' + user.profile.email + ' ' + user.access_token.slice(-12) : 'Signed out');
const failed = (error) => say('Failed: ' + error.message);
document.querySelector('#in').onclick = () => manager.signinRedirect().catch(failed);
document.querySelector('#renew').onclick = () => manager.signinSilent().then(show, failed);
document.querySelector('#out').onclick = () => manager.signoutRedirect().catch(failed);
if (location.pathname === '/callback') manager.signinCallback().then(show, failed);
else if (location.pathname === '/signed-out') manager.signoutCallback().then(() => manager.getUser()).then(show, failed);
else manager.getUser().then(show, failed);
`;
const PAGE =
  '<!doctype html><title>Shop</title><p>…</p><button id="in">In</button><button id="renew">Renew</button><button id="out">Out</button>' +
  '<script src="/library.js"></script><script src="/page.js"></script>';

/** A single-page application that signs in by oidc-client-ts. */
export class BrowserClient {
  /** Of the client, once it is known. */
  settings: { readonly issuer: string; readonly id: string } = { issuer: '', id: '' };

  private constructor(private readonly server: Server) {}

  static async start(): Promise<BrowserClient> {
    const server = createServer();
    const client = new BrowserClient(server);
    server.on('request', (request, response) => {
      const answers: Record<string, readonly [string, string | Buffer]> = {
        '/library.js': ['text/javascript', LIBRARY],
        '/page.js': ['text/javascript', `const SETTINGS = ${JSON.stringify(client.settings)};${SCRIPT}`],
      };
      const [type, body] = answers[request.url ?? ''] ?? ['text/html', PAGE];
      response.writeHead(200, { 'Content-Type': type }).end(body);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return client;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
