-- When each user last opened a session; null: not since this column was there.
ALTER TABLE "users" ADD COLUMN "last_login_at" timestamptz(3);
--> statement-breakpoint
-- Lists of users in an order; who never logged in comes before all others.
CREATE INDEX "users_created_at_index" ON "users" ("created_at", "id");
--> statement-breakpoint
CREATE INDEX "users_email_index" ON "users" (("email_key" COLLATE "C"), "id");
--> statement-breakpoint
CREATE INDEX "users_last_login_at_index" ON "users" ((coalesce("last_login_at", '-infinity'::timestamptz)), "id");
--> statement-breakpoint
-- Users of whom there may be few.
CREATE INDEX "users_disabled_index" ON "users" ("id") WHERE "disabled_at" IS NOT NULL;
--> statement-breakpoint
CREATE INDEX "users_enabled_index" ON "users" ("id") WHERE "disabled_at" IS NULL;
--> statement-breakpoint
CREATE INDEX "users_verified_index" ON "users" ("id") WHERE "email_verified_at" IS NOT NULL;
--> statement-breakpoint
CREATE INDEX "users_unverified_index" ON "users" ("id") WHERE "email_verified_at" IS NULL;
--> statement-breakpoint
CREATE INDEX "user_roles_holders_index" ON "user_roles" ("role", "user_id");
--> statement-breakpoint
-- What users are found by: their names and addresses from the beginning of each word on, without case and accents.
CREATE TABLE "user_words" (
	"user_id" uuid NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
	"word" text COLLATE "C" NOT NULL,
	PRIMARY KEY ("user_id", "word")
);
--> statement-breakpoint
-- The words of a text, as they are compared; with "from_each" also from each beginning of a word within them on.
CREATE FUNCTION "latchkey_search_words"("given" text, "from_each" boolean) RETURNS text[] LANGUAGE plpgsql STABLE AS $$
DECLARE
	folded text := coalesce("given", '');
	rest text;
	words text[] := '{}';
BEGIN
	IF getdatabaseencoding() = 'UTF8' THEN
		folded := regexp_replace(normalize(folded, NFKD), '[\u0300-\u036f]', '', 'g');
	END IF;
	-- Where the database's own locale knows of no letters but those of ASCII.
	IF EXISTS (SELECT FROM pg_collation WHERE collname = 'und-x-icu') THEN
		folded := lower(folded COLLATE "und-x-icu");
	ELSE
		folded := lower(folded);
	END IF;
	folded := replace(replace(replace(replace(folded, 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th');
	folded := translate(folded, 'øłđðħı', 'olddhi');
	FOREACH rest IN ARRAY regexp_split_to_array(folded, '\s+') LOOP
		LOOP
			rest := ltrim(rest, '.,;:!?''"`()[]{}<>/\|+_@#&*=~^%$-');
			EXIT WHEN rest = '';
			words := words || left(rest, 64);
			EXIT WHEN NOT "from_each";
			rest := substring(rest from '[].,;:!?''"`()[{}<>/\\|+_@#&*=~^%$-].*$');
			EXIT WHEN rest IS NULL;
		END LOOP;
	END LOOP;
	RETURN words;
END
$$;
--> statement-breakpoint
-- The table and the function are those beside the table that it fires on, whatever the search path is.
CREATE FUNCTION "latchkey_keep_user_words"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	of_email text[];
BEGIN
	IF TG_OP = 'UPDATE' THEN
		EXECUTE format('DELETE FROM %I.user_words WHERE user_id = $1', TG_TABLE_SCHEMA) USING NEW.id;
	END IF;
	EXECUTE format('SELECT %I.latchkey_search_words($1, true)', TG_TABLE_SCHEMA) INTO of_email USING NEW.email_key;
	-- Nearly all addresses end in one of a few words.
	IF split_part(NEW.email_key, '@', 2) LIKE '%.%' THEN
		of_email := of_email[:cardinality(of_email) - 1];
	END IF;
	EXECUTE format(
		'INSERT INTO %1$I.user_words (user_id, word)
			SELECT DISTINCT $1, word FROM unnest(%1$I.latchkey_search_words($2, true) || $3) AS word',
		TG_TABLE_SCHEMA
	) USING NEW.id, NEW.name, of_email;
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "users_words_of_new" AFTER INSERT ON "users"
	FOR EACH ROW EXECUTE FUNCTION "latchkey_keep_user_words"();
--> statement-breakpoint
CREATE TRIGGER "users_words_of_changed" AFTER UPDATE OF "name", "email_key" ON "users"
	FOR EACH ROW WHEN (NEW."name" IS DISTINCT FROM OLD."name" OR NEW."email_key" <> OLD."email_key")
	EXECUTE FUNCTION "latchkey_keep_user_words"();
--> statement-breakpoint
-- Those who are there already; no instance of the version before writes a user meanwhile, as the triggers are new.
INSERT INTO "user_words" ("user_id", "word")
	SELECT "id", "word" FROM "users", unnest("latchkey_search_words"("name", true)) AS "word"
	UNION
	SELECT "id", "word" FROM "users", LATERAL (SELECT "latchkey_search_words"("email_key", true) AS "words") AS "of_email",
		unnest(CASE WHEN split_part("email_key", '@', 2) LIKE '%.%' THEN "words"[:cardinality("words") - 1] ELSE "words" END) AS "word";
--> statement-breakpoint
CREATE INDEX "user_words_word_index" ON "user_words" ("word", "user_id");
--> statement-breakpoint
UPDATE "roles" SET "scopes" = '{admins:write,clients:read,clients:write,keys:read,keys:write,roles:read,roles:write,sessions:read,sessions:write,users:read,users:write}'
	|| (SELECT array(SELECT unnest("scopes") EXCEPT SELECT unnest('{admins:write,clients:read,clients:write,keys:read,keys:write,roles:read,roles:write,sessions:read,sessions:write,users:read,users:write}'::text[])))
	WHERE "name" = 'admin';
