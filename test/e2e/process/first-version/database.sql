-- The database of the first version of the repository's history, as that version wrote it on PostgreSQL 15, by
-- pg_dump --column-inserts --no-owner --no-privileges. Sessions live until 2126; what opens it is in accounts.ts.

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

SET default_tablespace = '';

SET default_table_access_method = heap;

CREATE TABLE public.latchkey_migrations (
    id integer NOT NULL,
    hash text NOT NULL,
    created_at bigint
);

CREATE SEQUENCE public.latchkey_migrations_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.latchkey_migrations_id_seq OWNED BY public.latchkey_migrations.id;

CREATE TABLE public.revocations (
    session_id uuid NOT NULL,
    revoked_at timestamp(3) with time zone NOT NULL,
    expires_at timestamp(3) with time zone NOT NULL
);

CREATE TABLE public.roles (
    name text NOT NULL,
    scopes text[] DEFAULT '{}'::text[] NOT NULL,
    description text DEFAULT ''::text NOT NULL
);

CREATE TABLE public.sessions (
    id uuid NOT NULL,
    subject text NOT NULL,
    generation integer NOT NULL,
    secret_hash text NOT NULL,
    grace_until timestamp(3) with time zone,
    created_at timestamp(3) with time zone NOT NULL,
    last_used_at timestamp(3) with time zone NOT NULL,
    idle_expires_at timestamp(3) with time zone NOT NULL,
    expires_at timestamp(3) with time zone NOT NULL,
    ended_at timestamp(3) with time zone,
    end_reason text,
    ip text,
    user_agent text
);

CREATE TABLE public.signing_keys (
    kid text NOT NULL,
    alg text NOT NULL,
    public_jwk jsonb NOT NULL,
    sealed_private_key text NOT NULL,
    created_at timestamp(3) with time zone NOT NULL
);

CREATE TABLE public.user_roles (
    user_id uuid NOT NULL,
    role text NOT NULL
);

CREATE TABLE public.users (
    id uuid NOT NULL,
    name text,
    email text NOT NULL,
    email_key text NOT NULL,
    email_verified_at timestamp(3) with time zone,
    password_hash text NOT NULL,
    password_change_required boolean DEFAULT false NOT NULL,
    disabled_at timestamp(3) with time zone,
    attributes jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp(3) with time zone NOT NULL,
    updated_at timestamp(3) with time zone NOT NULL
);

ALTER TABLE ONLY public.latchkey_migrations ALTER COLUMN id SET DEFAULT nextval('public.latchkey_migrations_id_seq'::regclass);

INSERT INTO public.latchkey_migrations (id, hash, created_at) VALUES (1, '577962b2aa7c147ee682428d01894a31fcb0c970b6cba1b2750e1d0bc7b55589', 1795305600000);

INSERT INTO public.revocations (session_id, revoked_at, expires_at) VALUES ('d2420deb-e175-499a-a8cd-67a1bde42a28', '2026-11-29 02:57:49.413+00', '2026-11-29 03:13:49.399+00');
INSERT INTO public.revocations (session_id, revoked_at, expires_at) VALUES ('7e17465b-9d52-4411-bd09-01fbcec60531', '2026-11-29 02:57:53.291+00', '2026-11-29 03:13:53.279+00');

INSERT INTO public.roles (name, scopes, description) VALUES ('user', '{profile:read,profile:write}', 'Everyone who registered.');
INSERT INTO public.roles (name, scopes, description) VALUES ('admin', '{users:read,users:write}', 'Operates the service.');

INSERT INTO public.sessions (id, subject, generation, secret_hash, grace_until, created_at, last_used_at, idle_expires_at, expires_at, ended_at, end_reason, ip, user_agent) VALUES ('918214fe-5445-45ef-8c83-2efc3354fba2', '63e9707e-04e4-4c80-b869-18c58003e6d2', 0, 'nn_dvEEespvh_eBfWJJicnQCdkREM-y2yafynLaplSQ', NULL, '2026-11-29 02:57:48.903+00', '2026-11-29 02:57:48.903+00', '2126-11-05 02:57:48.903+00', '2126-11-05 02:57:48.903+00', NULL, NULL, '127.0.0.1', 'node');
INSERT INTO public.sessions (id, subject, generation, secret_hash, grace_until, created_at, last_used_at, idle_expires_at, expires_at, ended_at, end_reason, ip, user_agent) VALUES ('e8a71067-469b-49d1-b91c-3078235e0330', 'f1f638c7-9bc4-4c4c-8e1b-bf206a384c84', 0, 'oIuFvDZAvr8uL-q5GQ5KS8grQcsYFAXNL_COvr0XGQk', NULL, '2026-11-29 02:57:49.071+00', '2026-11-29 02:57:49.071+00', '2126-11-05 02:57:49.071+00', '2126-11-05 02:57:49.071+00', NULL, NULL, '127.0.0.1', 'node');
INSERT INTO public.sessions (id, subject, generation, secret_hash, grace_until, created_at, last_used_at, idle_expires_at, expires_at, ended_at, end_reason, ip, user_agent) VALUES ('bc56cedd-49c1-40a8-97d1-4cc377f6d49a', 'f1f638c7-9bc4-4c4c-8e1b-bf206a384c84', 2, 'VqqHnZ3Ppi9p7fHwynmePMYqlcPYhUWgNPDUriNpHmk', '2026-11-29 02:57:59.162+00', '2026-11-29 02:57:48.683+00', '2026-11-29 02:57:49.162+00', '2126-11-05 02:57:48.683+00', '2126-11-05 02:57:48.683+00', NULL, NULL, '127.0.0.1', 'node');
INSERT INTO public.sessions (id, subject, generation, secret_hash, grace_until, created_at, last_used_at, idle_expires_at, expires_at, ended_at, end_reason, ip, user_agent) VALUES ('1e06f64b-c8f2-4721-a221-69a92819a74c', '63e9707e-04e4-4c80-b869-18c58003e6d2', 2, 'K98pbH7Jp6tznlpXgQo0fKbG_dln8qnOuvA5WljDbTE', '2026-11-29 02:57:59.352+00', '2026-11-29 02:57:49.266+00', '2026-11-29 02:57:49.352+00', '2126-11-05 02:57:49.266+00', '2126-11-05 02:57:49.266+00', NULL, NULL, '127.0.0.1', 'node');
INSERT INTO public.sessions (id, subject, generation, secret_hash, grace_until, created_at, last_used_at, idle_expires_at, expires_at, ended_at, end_reason, ip, user_agent) VALUES ('d2420deb-e175-499a-a8cd-67a1bde42a28', 'b0461822-b24f-4767-95da-8e2c326a5dfd', 0, 'LxhS6C7XhJvW44jjRZn_jjPus1rQRpxONgjcOfBrorQ', NULL, '2026-11-29 02:57:48.99+00', '2026-11-29 02:57:48.99+00', '2126-11-05 02:57:48.99+00', '2126-11-05 02:57:48.99+00', '2026-11-29 02:57:49.399+00', 'logout', '127.0.0.1', 'node');
INSERT INTO public.sessions (id, subject, generation, secret_hash, grace_until, created_at, last_used_at, idle_expires_at, expires_at, ended_at, end_reason, ip, user_agent) VALUES ('31f8aac2-bb9e-405d-a5b6-32258a442c27', 'b0461822-b24f-4767-95da-8e2c326a5dfd', 0, 'fGYuYvBXERh5tX8fXjIOqskzgXhOEy-Wt1DntOKAB74', NULL, '2026-11-29 02:57:49.45+00', '2026-11-29 02:57:49.45+00', '2126-11-05 02:57:49.45+00', '2126-11-05 02:57:49.45+00', NULL, NULL, '127.0.0.1', 'node');
INSERT INTO public.sessions (id, subject, generation, secret_hash, grace_until, created_at, last_used_at, idle_expires_at, expires_at, ended_at, end_reason, ip, user_agent) VALUES ('7e17465b-9d52-4411-bd09-01fbcec60531', 'bfcfa7ad-4bb6-4229-8d00-6aab747f5b92', 0, 'niXOPtvRJcaO7caB_Slx97PvbiDoz72pJAeZv9c_nao', NULL, '2026-11-29 02:57:48.804+00', '2026-11-29 02:57:48.804+00', '2126-11-05 02:57:48.804+00', '2126-11-05 02:57:48.804+00', '2026-11-29 02:57:53.279+00', 'account_disabled', '127.0.0.1', 'node');

INSERT INTO public.signing_keys (kid, alg, public_jwk, sealed_private_key, created_at) VALUES ('Y6DPs6Hwu4RwNUx7P2KJM1RsBSv-uZEGkfIuulr2KYU', 'ES256', '{"x": "375q232A6diIabGkNuOZqSsmNpF4LWPnoCERPHzy90M", "y": "-lidJ_B82EtEe8tmwBVfak9XjNyd1OoZpMytSQxfS6U", "alg": "ES256", "crv": "P-256", "kid": "Y6DPs6Hwu4RwNUx7P2KJM1RsBSv-uZEGkfIuulr2KYU", "kty": "EC", "use": "sig"}', 'v1.i2eBLtZqyiT7IwyRaaylfw5YNoD1cuHCDHOyOB-9w03-aFrtyUomNUfbF8vMFcETCZ9ytENtNRWj2a0n7T3vLsHO-9xjbO2kK0xyenPhtVwchAWHUjRuxq317KL4LwvzOzR90j757_XNhSplKs2OrVUqbOf4Nh0ZhHxgtlNLixR-TCeUuYFdWbGsQZxFg9nqFHWnVoVO7oo6uSc1LVuUmCzneEekUw', '2026-11-29 02:57:47.675+00');

INSERT INTO public.user_roles (user_id, role) VALUES ('e87a8996-e5be-481d-b880-b77e375b4fd3', 'admin');
INSERT INTO public.user_roles (user_id, role) VALUES ('e87a8996-e5be-481d-b880-b77e375b4fd3', 'user');
INSERT INTO public.user_roles (user_id, role) VALUES ('f1f638c7-9bc4-4c4c-8e1b-bf206a384c84', 'user');
INSERT INTO public.user_roles (user_id, role) VALUES ('bfcfa7ad-4bb6-4229-8d00-6aab747f5b92', 'user');
INSERT INTO public.user_roles (user_id, role) VALUES ('63e9707e-04e4-4c80-b869-18c58003e6d2', 'user');
INSERT INTO public.user_roles (user_id, role) VALUES ('b0461822-b24f-4767-95da-8e2c326a5dfd', 'user');

INSERT INTO public.users (id, name, email, email_key, email_verified_at, password_hash, password_change_required, disabled_at, attributes, created_at, updated_at) VALUES ('e87a8996-e5be-481d-b880-b77e375b4fd3', 'Administrator', 'admin@latchkey.local', 'admin@latchkey.local', NULL, '$bcrypt-sha256$v=2,t=2b,r=4$m2bkTL2Ra5r0QreMeRO/yO$pnQpL5wN0cvLe907Ouui6FFFi9Z.hM2', true, NULL, '{}', '2026-11-29 02:57:48.175+00', '2026-11-29 02:57:48.175+00');
INSERT INTO public.users (id, name, email, email_key, email_verified_at, password_hash, password_change_required, disabled_at, attributes, created_at, updated_at) VALUES ('f1f638c7-9bc4-4c4c-8e1b-bf206a384c84', 'Alice', 'alice@example.com', 'alice@example.com', NULL, '$bcrypt-sha256$v=2,t=2b,r=4$dHEfzPpXgmsR98iutBCSP.$lsKqDFiOu7enolY8Hj.OCwWkOH6D7Pm', false, NULL, '{}', '2026-11-29 02:57:48.663+00', '2026-11-29 02:57:48.663+00');
INSERT INTO public.users (id, name, email, email_key, email_verified_at, password_hash, password_change_required, disabled_at, attributes, created_at, updated_at) VALUES ('63e9707e-04e4-4c80-b869-18c58003e6d2', 'Carol', 'carol@example.com', 'carol@example.com', NULL, '$bcrypt-sha256$v=2,t=2b,r=4$PSq8IEanthwAQthJmSVdfe$IdHNsu3RcvqnKryjA.wrcEgdqIq0cQm', false, NULL, '{}', '2026-11-29 02:57:48.881+00', '2026-11-29 02:57:48.881+00');
INSERT INTO public.users (id, name, email, email_key, email_verified_at, password_hash, password_change_required, disabled_at, attributes, created_at, updated_at) VALUES ('b0461822-b24f-4767-95da-8e2c326a5dfd', 'Dave', 'dave@example.com', 'dave@example.com', NULL, '$bcrypt-sha256$v=2,t=2b,r=4$ycr97/.ep81oq7lRi6LJq.$/CAS.UPbeYjVd/.z6QMStU4wqX/K7/O', false, NULL, '{}', '2026-11-29 02:57:48.96+00', '2026-11-29 02:57:48.96+00');
INSERT INTO public.users (id, name, email, email_key, email_verified_at, password_hash, password_change_required, disabled_at, attributes, created_at, updated_at) VALUES ('bfcfa7ad-4bb6-4229-8d00-6aab747f5b92', 'Bob', 'bob@example.com', 'bob@example.com', NULL, '$bcrypt-sha256$v=2,t=2b,r=4$zW4gcpAFGO.6vi2AN41TRe$MgehecSbAtf4HLNQQ5yd01/pvEok6ri', false, '2026-11-29 02:57:53.271+00', '{}', '2026-11-29 02:57:48.792+00', '2026-11-29 02:57:53.271+00');

SELECT pg_catalog.setval('public.latchkey_migrations_id_seq', 1, true);

ALTER TABLE ONLY public.latchkey_migrations
    ADD CONSTRAINT latchkey_migrations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.revocations
    ADD CONSTRAINT revocations_pkey PRIMARY KEY (session_id);

ALTER TABLE ONLY public.roles
    ADD CONSTRAINT roles_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.signing_keys
    ADD CONSTRAINT signing_keys_pkey PRIMARY KEY (kid);

ALTER TABLE ONLY public.user_roles
    ADD CONSTRAINT user_roles_pkey PRIMARY KEY (user_id, role);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);

CREATE INDEX revocations_revoked_at_index ON public.revocations USING btree (revoked_at);

CREATE INDEX sessions_open_subject_index ON public.sessions USING btree (subject) WHERE (ended_at IS NULL);

CREATE INDEX user_roles_role_index ON public.user_roles USING btree (role);

CREATE UNIQUE INDEX users_email_key_unique ON public.users USING btree (email_key);

ALTER TABLE ONLY public.user_roles
    ADD CONSTRAINT user_roles_role_fkey FOREIGN KEY (role) REFERENCES public.roles(name);

ALTER TABLE ONLY public.user_roles
    ADD CONSTRAINT user_roles_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
