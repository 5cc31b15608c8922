-- Which attributes of users are looked up, and which are unique: as a team declares its own fields.
CREATE TABLE "user_field_rules" (
	"field" text PRIMARY KEY,
	"is_unique" boolean NOT NULL
);
--> statement-breakpoint
-- The values of those attributes, kept by the triggers below whichever statement writes a user.
CREATE TABLE "user_field_keys" (
	"user_id" uuid NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
	"field" text NOT NULL,
	"value" text NOT NULL,
	"is_unique" boolean NOT NULL,
	PRIMARY KEY ("user_id", "field")
);
--> statement-breakpoint
CREATE UNIQUE INDEX "user_field_keys_unique" ON "user_field_keys" ("field", "value") WHERE "is_unique";
--> statement-breakpoint
CREATE INDEX "user_field_keys_value_index" ON "user_field_keys" ("field", "value", "user_id");
--> statement-breakpoint
-- The tables are those beside the one that it fires on, whatever the search path is and the schema is called.
CREATE FUNCTION "latchkey_keep_user_field_keys"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	rule record;
	given text;
	written integer;
BEGIN
	-- In one order, so that two users who exchange values do not wait for each other.
	FOR rule IN EXECUTE format('SELECT field, is_unique FROM %I.user_field_rules ORDER BY field', TG_TABLE_SCHEMA) LOOP
		given := NEW.attributes ->> rule.field;
		IF TG_OP = 'UPDATE' THEN
			CONTINUE WHEN given IS NOT DISTINCT FROM OLD.attributes ->> rule.field;
			EXECUTE format('DELETE FROM %I.user_field_keys WHERE user_id = $1 AND field = $2', TG_TABLE_SCHEMA)
				USING NEW.id, rule.field;
		END IF;
		CONTINUE WHEN given IS NULL;
		-- Waits for a transaction that is writing the same value.
		EXECUTE format(
			'INSERT INTO %I.user_field_keys (user_id, field, value, is_unique) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
			TG_TABLE_SCHEMA
		) USING NEW.id, rule.field, given, rule.is_unique;
		GET DIAGNOSTICS written = ROW_COUNT;
		IF written = 0 THEN
			RAISE unique_violation USING
				MESSAGE = 'another user has this value',
				CONSTRAINT = 'user_field_keys_unique',
				COLUMN = rule.field;
		END IF;
	END LOOP;
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "users_field_keys_of_new" AFTER INSERT ON "users"
	FOR EACH ROW WHEN (NEW."attributes" <> '{}'::jsonb) EXECUTE FUNCTION "latchkey_keep_user_field_keys"();
--> statement-breakpoint
CREATE TRIGGER "users_field_keys_of_changed" AFTER UPDATE OF "attributes" ON "users"
	FOR EACH ROW WHEN (NEW."attributes" <> OLD."attributes") EXECUTE FUNCTION "latchkey_keep_user_field_keys"();
