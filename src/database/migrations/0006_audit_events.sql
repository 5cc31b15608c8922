CREATE TABLE "audit_events" (
	"id" uuid PRIMARY KEY,
	"occurred_at" timestamptz(3) NOT NULL,
	"type" text NOT NULL,
	"outcome" text NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" text,
	"subject" text,
	"session_id" text,
	"ip" text,
	"user_agent" text,
	"request_id" text,
	"details" jsonb NOT NULL DEFAULT '{}'
);
--> statement-breakpoint
CREATE INDEX "audit_events_subject_index" ON "audit_events" ("subject", "id");
--> statement-breakpoint
CREATE INDEX "audit_events_actor_index" ON "audit_events" ("actor_id", "id");
--> statement-breakpoint
CREATE INDEX "audit_events_type_index" ON "audit_events" ("type", "id");
--> statement-breakpoint
CREATE INDEX "audit_events_ip_index" ON "audit_events" ("ip", "id");
--> statement-breakpoint
CREATE FUNCTION "latchkey_audit_is_append_only"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	-- Of its own transaction only: the purge of what is older than the retention.
	IF TG_OP = 'DELETE' AND current_setting('latchkey.audit_purge', true) = 'on' THEN
		RETURN OLD;
	END IF;
	RAISE EXCEPTION 'audit_events is append-only';
END
$$;
--> statement-breakpoint
CREATE TRIGGER "audit_events_append_only" BEFORE UPDATE OR DELETE ON "audit_events"
	FOR EACH ROW EXECUTE FUNCTION "latchkey_audit_is_append_only"();
--> statement-breakpoint
CREATE TRIGGER "audit_events_never_truncated" BEFORE TRUNCATE ON "audit_events"
	FOR EACH STATEMENT EXECUTE FUNCTION "latchkey_audit_is_append_only"();
