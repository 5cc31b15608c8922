import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { AdminModule } from '../admin/admin.module.js';
import { LoginModule } from '../auth/login/login.module.js';
import { SessionModule } from '../auth/session/session.module.js';
import { modulesWithRoutes, problemsOfRoutes } from './route-groups.js';

describe('The option routes', () => {
  it('is all of them unless it says otherwise', () => {
    expect(modulesWithRoutes()).toEqual(modulesWithRoutes({}));
    expect(modulesWithRoutes().length).toBeGreaterThan(10);
  });

  it('leaves all out, all but some, or some', () => {
    expect(modulesWithRoutes(false)).toEqual([]);
    expect(modulesWithRoutes({ only: ['session', 'login'] })).toEqual([LoginModule, SessionModule]);
    expect(modulesWithRoutes({ except: ['admin'] })).toEqual(
      modulesWithRoutes().filter((module) => module !== AdminModule),
    );
    expect(modulesWithRoutes({ only: ['session', 'login'], except: ['login'] })).toEqual([SessionModule]);
  });

  const wrong: [unknown, string][] = [
    [{ only: ['logn'] }, 'routes.only: logn names no routes; login was probably meant'],
    [
      { except: ['passkeys'] },
      'routes.except: passkeys names no routes; there are well-known, registration, ',
    ],
    [{ without: ['login'] }, 'routes.without is no option; there are prefix, only and except'],
    [{ only: 'login' }, 'routes.only must be a list of well-known, registration, '],
    [{ prefix: '/api/' }, 'routes.prefix must be a path such as'],
    [{ prefix: 1 }, 'routes.prefix must be a path such as'],
    [true, 'routes must be false, or an object such as'],
    [['login'], 'routes must be false, or an object such as'],
  ];

  it.each(wrong)('is refused as %j', (routes, problem) => {
    expect(problemsOfRoutes(routes)).toEqual([expect.stringContaining(problem)]);
  });

  it('takes the names that docs/extending.md says, and no others', () => {
    const document = readFileSync(new URL('../../docs/extending.md', import.meta.url), 'utf8');
    const [, sentence = ''] = /`\{ except: \[…\] \}`, of ([^.]+)\./.exec(document) ?? [];
    const said = [...sentence.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
    const [problem = ''] = problemsOfRoutes({ only: 'login' });
    expect(said).toEqual(problem.replace('routes.only must be a list of ', '').split(', '));
  });
});
