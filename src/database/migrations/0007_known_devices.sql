CREATE TABLE "known_devices" (
	"subject" text NOT NULL,
	"fingerprint" text NOT NULL,
	"first_seen_at" timestamptz(3) NOT NULL,
	"last_seen_at" timestamptz(3) NOT NULL,
	PRIMARY KEY ("subject", "fingerprint")
);
