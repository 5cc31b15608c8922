import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { MIGRATIONS_FOLDER } from '../../src/database/migrations.js';
import { contractionsOf } from './migration-rule.js';

/** Before the rule; none of them was in a version that was given out. Nothing is added here. */
const BEFORE_THE_RULE = '0016';

const files = readdirSync(MIGRATIONS_FOLDER).filter((name) => name.endsWith('.sql'));

describe('Migrations only expand', () => {
  it.each(files.filter((name) => name.slice(0, 4) > BEFORE_THE_RULE).concat('0016_identity_links.sql'))(
    '%s',
    (name) => {
      expect(contractionsOf(readFileSync(join(MIGRATIONS_FOLDER, name), 'utf8'))).toEqual([]);
    },
  );

  it('finds what the first ones did that the version before could not live with', () => {
    const breaking = files.filter(
      (name) => contractionsOf(readFileSync(join(MIGRATIONS_FOLDER, name), 'utf8')).length > 0,
    );
    expect(breaking).toContain('0002_revocations_by_subject_and_token.sql');
    expect(breaking).toContain('0009_account_life.sql');
  });
});

describe('what a migration may not do while the version before runs', () => {
  it.each([
    'DROP TABLE "users"',
    'ALTER TABLE "users" DROP COLUMN "name"',
    'ALTER TABLE "users" DROP CONSTRAINT "users_pkey"',
    'ALTER TABLE "users" ALTER COLUMN "name" DROP DEFAULT',
    'ALTER TABLE "users" RENAME COLUMN "name" TO "title"',
    'ALTER TABLE "users" RENAME TO "people"',
    'ALTER TABLE "users" ALTER COLUMN "name" TYPE varchar(10)',
    'ALTER TABLE "users" ALTER COLUMN "name" SET DATA TYPE varchar(10)',
    'ALTER TABLE "users" ALTER COLUMN "name" SET NOT NULL',
    'ALTER TABLE "users" ADD COLUMN "age" integer NOT NULL',
    'ALTER TABLE "users" ADD CONSTRAINT "adult" CHECK ("age" > 17)',
    'ALTER TABLE "users" ADD CONSTRAINT "one" UNIQUE ("name")',
    'CREATE UNIQUE INDEX "one" ON "users" ("name")',
    'DELETE FROM "users"',
  ])('%s', (statement) => {
    expect(
      contractionsOf(
        `-- Why.\nCREATE TABLE "of_its_own" ("id" uuid);\n--> statement-breakpoint\n${statement};`,
      ),
    ).toHaveLength(1);
  });

  it.each([
    'ALTER TABLE "users" ADD COLUMN "age" integer',
    `ALTER TABLE "users" ADD COLUMN "age" integer NOT NULL DEFAULT 0`,
    'CREATE TABLE "new" ("id" uuid NOT NULL, CONSTRAINT "new_pkey" PRIMARY KEY ("id"))',
    'CREATE INDEX "users_name_index" ON "users" ("name")',
  ])('may: %s', (statement) => {
    expect(contractionsOf(`${statement};`)).toEqual([]);
  });

  it('may be done by a contraction that is marked, with its reason', () => {
    const drop = 'ALTER TABLE "users" DROP COLUMN "name";';
    expect(contractionsOf(`-- contract: read and written by no version since 1.4\n${drop}`)).toEqual([]);
    expect(contractionsOf(`-- contract:\n${drop}`)).toHaveLength(1);
  });

  it('may be done to a table that the same migration makes', () => {
    const made = 'CREATE TABLE "new" ("id" uuid);\n--> statement-breakpoint\n';
    expect(contractionsOf(`${made}CREATE UNIQUE INDEX "new_id" ON "new" ("id");`)).toEqual([]);
    expect(contractionsOf(`${made}ALTER TABLE "new" ADD PRIMARY KEY ("id");`)).toEqual([]);
  });
});
