import { describe, expect, it } from '@jest/globals';
import { audienceProblem, logoutUriProblem, originProblem, redirectUriProblem } from './client-uris.js';

describe('A redirect URI', () => {
  it.each([
    'https://app.example.com/callback',
    'https://app.example.com',
    'https://app.example.com?from=latchkey',
    'https://app.example.com:8443/callback?a=b&c=%20d',
    'http://127.0.0.1/callback',
    'http://127.0.0.1:8080/callback',
    'http://[::1]:8080/callback',
    'http://localhost/callback',
    'com.example.app:/callback',
    'com.example.app://callback',
  ])('of a public client is good as %s', (uri) => {
    expect(redirectUriProblem(uri, 'public')).toBeUndefined();
  });

  it('on localhost is for public clients alone', () => {
    expect(redirectUriProblem('http://localhost:3000/cb', 'confidential')).toMatch(/localhost/);
    expect(redirectUriProblem('http://127.0.0.1:3000/cb', 'confidential')).toBeUndefined();
  });

  it.each([
    '',
    'callback',
    '/callback',
    '//app.example.com/callback',
    'https://',
    'https:/app.example.com',
    'https:app.example.com',
    'http://app.example.com/callback',
    'http://127.0.0.1.example.com/callback',
    'http://localhost.example.com/callback',
    'http://127.1/callback',
    'http://2130706433/callback',
    'http://0.0.0.0/callback',
    'https://app.example.com/callback#',
    'https://app.example.com/callback#fragment',
    'https://*.example.com/callback',
    'https://app.example.com/*',
    'https://app.example.com@evil.example/callback',
    'https://user:secret@app.example.com/callback',
    'https://@app.example.com/callback',
    'https://app.example.com\\@evil.example/callback',
    'https://app.example.com/ callback',
    'https://app.example.com/callback\n',
    'https://app.example.com/\u0000',
    'https://bücher.example/callback',
    'https://App.Example.com/callback',
    'HTTPS://app.example.com/callback',
    'https://app.example.com:443/callback',
    'https://app.example.com/a/../callback',
    'https://app.example.com/a/%2e%2e/callback',
    'https://app.example.com/"<script>',
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'myapp:/callback',
    'myapp://callback',
    'com.example.app:',
  ])('is refused as %j', (uri) => {
    expect(redirectUriProblem(uri, 'public')).toMatch(/^must /);
  });
});

describe('Other addresses of a client', () => {
  it('are https or on this machine at logout', () => {
    for (const good of ['https://app.example.com/logout', 'http://localhost:3000/logout', 'http://[::1]/out'])
      expect(logoutUriProblem(good)).toBeUndefined();
    for (const wrong of ['http://app.example.com/logout', 'com.example.app:/logout', 'https://a.example/#x'])
      expect(logoutUriProblem(wrong)).toMatch(/^must /);
  });

  it('are origins to the letter', () => {
    for (const good of ['https://app.example.com', 'https://app.example.com:8443', 'http://localhost:3000'])
      expect(originProblem(good)).toBeUndefined();
    for (const wrong of [
      'https://app.example.com/',
      'http://app.example.com',
      '*',
      'null',
      'app.example.com',
    ])
      expect(originProblem(wrong)).toMatch(/^must /);
  });

  it('are absolute URIs of resources', () => {
    for (const good of ['https://api.example.com', 'urn:example:api', 'http://api.internal/v1'])
      expect(audienceProblem(good)).toBeUndefined();
    for (const wrong of ['api', 'https://api.example.com/#v1', 'https://api example.com', ''])
      expect(audienceProblem(wrong)).toMatch(/^must /);
  });
});
