// What pages do beyond their forms, which work without it.
import { createLatchkeyClient } from '../../client/index.js';

const { base = '', next = '', restores, show = '', hide = '' } = document.body.dataset;

takeToken();
showPasswords();
sendOnce();
const problem = document.querySelector('[role="alert"]');
const invalid = document.querySelector('[aria-invalid="true"]');
if (invalid instanceof HTMLElement) invalid.focus();
else if (problem instanceof HTMLElement) problem.focus();
tellElsewhere();
if (restores !== undefined) void restore();

/** The mailed link's token goes from the address, where a look at the screen or the history would find it, into the form. */
function takeToken() {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token === null) return;
  history.replaceState(null, '', location.pathname + location.search);
  for (const field of document.querySelectorAll('[data-token]')) {
    const input = field.querySelector('input');
    if (!input) continue;
    input.value = token;
    if (field instanceof HTMLElement) field.hidden = true;
  }
}

function showPasswords() {
  for (const input of document.querySelectorAll('input[type="password"]')) {
    if (!(input instanceof HTMLInputElement)) continue;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'plain show';
    button.textContent = show;
    button.setAttribute('aria-controls', input.id);
    button.addEventListener('click', () => {
      const isHidden = input.type === 'password';
      input.type = isHidden ? 'text' : 'password';
      button.textContent = isHidden ? hide : show;
    });
    input.after(button);
    // A password manager that watches the form sees it as it was.
    input.form?.addEventListener('submit', () => (input.type = 'password'));
  }
}

/** A second press of the button while the first is under way sends nothing. */
function sendOnce() {
  for (const form of document.forms) {
    form.addEventListener('submit', (/** @type {SubmitEvent} */ event) => {
      if (form.dataset['sent'] !== undefined) event.preventDefault();
      form.dataset['sent'] = '';
    });
  }
  // Back from the next page, it may be sent again.
  addEventListener('pageshow', () => {
    for (const form of document.forms) delete form.dataset['sent'];
  });
}

/** Where another address than `PUBLIC_URL` leads to the server, its forms are refused: that is said before one is filled in. */
function tellElsewhere() {
  const notice = document.getElementById('elsewhere');
  if (!notice || (notice.dataset['origins'] ?? '').split(' ').includes(location.origin)) return;
  notice.setAttribute('role', 'alert');
  notice.hidden = false;
}

/** Who came by a link of another site, and has a session still, need not sign in. */
async function restore() {
  const client = createLatchkeyClient({ baseUrl: location.origin + base, mode: 'cookie' });
  const user = await client.restore().catch(() => null);
  if (user) location.replace(base + (next || '/account'));
}
