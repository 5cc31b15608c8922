import type { OutgoingMail } from '../../src/mail/transport/mailer.js';

/** Ready to be sent. */
export const OUTGOING_MAIL: OutgoingMail = {
  id: 'a7f0c7a4-3d8f-4b33-9a2c-3f2f7d3a1b11',
  position: 1,
  template: 'password-reset',
  to: 'ada@example.com',
  from: { name: 'Acme', address: 'no-reply@acme.example' },
  messageId: 'a7f0c7a4@acme.example',
  date: new Date('2026-11-22T08:00:00.000Z'),
  language: 'en',
  subject: 'Reset your Acme password',
  text: 'Reset it',
  html: '<p>Reset it</p>',
};
