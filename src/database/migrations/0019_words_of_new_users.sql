-- The same words as before in less time: plain ASCII, as nearly all addresses are, is not looked at for accents.
CREATE OR REPLACE FUNCTION "latchkey_search_words"("given" text, "from_each" boolean) RETURNS text[] LANGUAGE plpgsql STABLE AS $$
DECLARE
	separators CONSTANT text := '.,;:!?''"`()[]{}<>/\|+_@#&*=~^%$-';
	dots CONSTANT text := repeat('.', length(separators));
	folded text := coalesce("given", '');
	parts text[];
	rest text;
	-- The same with a dot for each separator.
	dotted text;
	place integer;
	words text[] := '{}';
BEGIN
	IF getdatabaseencoding() = 'UTF8' AND octet_length(folded) = length(folded) THEN
		parts := string_to_array(translate(lower(folded COLLATE "C"), E'\t\n\u000b\f\r', '     '), ' ');
	ELSE
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
		parts := regexp_split_to_array(folded, '\s+');
	END IF;
	FOREACH rest IN ARRAY parts LOOP
		rest := ltrim(rest, separators);
		CONTINUE WHEN rest = '';
		words := words || left(rest, 64);
		CONTINUE WHEN NOT "from_each";
		dotted := translate(rest, separators, dots);
		LOOP
			place := strpos(dotted, '.');
			EXIT WHEN place = 0;
			dotted := ltrim(substr(dotted, place), '.');
			EXIT WHEN dotted = '';
			rest := right(rest, length(dotted));
			words := words || left(rest, 64);
		END LOOP;
	END LOOP;
	RETURN words;
END
$$;
--> statement-breakpoint
-- All users of a statement at once: planning a statement for each user took most of the time of an import.
CREATE FUNCTION "latchkey_add_user_words"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	-- OFFSET 0: else the words of the address are made for each time that they are named.
	EXECUTE format(
		'INSERT INTO %1$I.user_words (user_id, word)
			SELECT added.id, of_user.word
			FROM added
			CROSS JOIN LATERAL (SELECT %1$I.latchkey_search_words(added.email_key, true) AS words OFFSET 0) AS of_email
			CROSS JOIN LATERAL (
				SELECT DISTINCT word FROM unnest(
					%1$I.latchkey_search_words(added.name, true)
					-- Nearly all addresses end in one of a few words.
					|| of_email.words[:cardinality(of_email.words) - (split_part(added.email_key, ''@'', 2) LIKE ''%%.%%'')::integer]
				) AS word
			) AS of_user',
		TG_TABLE_SCHEMA
	);
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "users_words_of_added" AFTER INSERT ON "users"
	REFERENCING NEW TABLE AS "added"
	FOR EACH STATEMENT EXECUTE FUNCTION "latchkey_add_user_words"();
--> statement-breakpoint
-- In its place. Its function stays: the words of those who are changed are made by it.
DROP TRIGGER "users_words_of_new" ON "users";
