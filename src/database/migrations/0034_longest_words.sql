-- A word that begins another of the same user is not kept: what finds it finds the other, as words are found by their beginnings. So
-- of "ann" and "ann.smith@example.com" it is the address alone.
CREATE OR REPLACE FUNCTION "latchkey_add_user_words"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	-- OFFSET 0: else the words of the address are made for each time that they are named.
	EXECUTE format(
		'INSERT INTO %1$I.user_words (user_id, word)
			SELECT added.id, of_user.word
			FROM added
			CROSS JOIN LATERAL (SELECT %1$I.latchkey_search_words(added.email_key, true) AS words OFFSET 0) AS of_email
			CROSS JOIN LATERAL (
				SELECT word, lead(word) OVER (ORDER BY word) AS next FROM (
					SELECT word COLLATE "C" AS word FROM unnest(
						%1$I.latchkey_search_words(added.name, true)
						-- Nearly all addresses end in one of a few words.
						|| of_email.words[:cardinality(of_email.words) - (split_part(added.email_key, ''@'', 2) LIKE ''%%.%%'')::integer]
					) AS word
				) AS of_both
			) AS of_user
			WHERE starts_with(of_user.next, of_user.word) IS NOT TRUE',
		TG_TABLE_SCHEMA
	);
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION "latchkey_keep_user_words"() RETURNS trigger LANGUAGE plpgsql AS $$
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
			SELECT $1, word FROM (
				SELECT word, lead(word) OVER (ORDER BY word) AS next FROM (
					SELECT word COLLATE "C" AS word FROM unnest(%1$I.latchkey_search_words($2, true) || $3) AS word
				) AS of_both
			) AS of_user
			WHERE starts_with(next, word) IS NOT TRUE',
		TG_TABLE_SCHEMA
	) USING NEW.id, NEW.name, of_email;
	RETURN NULL;
END
$$;
