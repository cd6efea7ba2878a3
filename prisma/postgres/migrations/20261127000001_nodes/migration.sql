-- What the servers that share this database tell each other, on one channel: see app/nodes.

-- The servers that may use what they remember. Who has no row here is not waited for, so the rows outlive
-- a crash: servers do not hear of it at once when the network is silent as well.
CREATE TABLE "Node" (
    "id" TEXT COLLATE "C" NOT NULL,
    "ping" BIGINT NOT NULL,
    "renewedAt" TIMESTAMPTZ NOT NULL,

    CONSTRAINT "Node_pkey" PRIMARY KEY ("id")
);

-- Sends a notice with the transaction that it belongs to, and returns the id of that. A notice that is
-- too long would abort the transaction, so it becomes the one that says: anything may have been written.
CREATE FUNCTION "latchkeyNotify"(notice jsonb) RETURNS text AS $$
DECLARE
    id text := pg_current_xact_id()::text;
    payload text := (notice || jsonb_build_object('transaction', id))::text;
BEGIN
    IF octet_length(payload) > 7999 THEN
        payload := jsonb_build_object('type', 'unknown', 'transaction', id)::text;
    END IF;
    PERFORM pg_notify('latchkey', payload);
    RETURN id;
END
$$ LANGUAGE plpgsql SET search_path FROM CURRENT;

-- The rows are announced by triggers, so that those which go by cascade or by an operator's hand are
-- announced as well: a hundred ids in a notice, and when nearly everything goes, only that.
CREATE FUNCTION "latchkeyDeleted"() RETURNS trigger AS $$
DECLARE
    hundred record;
BEGIN
    IF (SELECT count(*) FROM "gone") > 10000 THEN
        PERFORM "latchkeyNotify"('{"type": "unknown"}');
        RETURN NULL;
    END IF;
    FOR hundred IN
        SELECT "userId", jsonb_agg("id" ORDER BY "id") AS "ids"
        FROM (
            SELECT "userId", "id", (row_number() OVER (PARTITION BY "userId" ORDER BY "id") - 1) / 100 AS "part"
            FROM "gone"
        ) AS "numbered"
        GROUP BY "userId", "part"
    LOOP
        PERFORM "latchkeyNotify"(jsonb_build_object(
            'type', TG_ARGV[0],
            'userId', hundred."userId",
            TG_ARGV[1], hundred."ids",
            'reason', coalesce(current_setting('latchkey.reason', true), '')
        ));
    END LOOP;
    RETURN NULL;
END
$$ LANGUAGE plpgsql SET search_path FROM CURRENT;

CREATE TRIGGER "announceDeleted" AFTER DELETE ON "Session" REFERENCING OLD TABLE AS "gone"
    FOR EACH STATEMENT EXECUTE FUNCTION "latchkeyDeleted"('sessions-ended', 'sessionIds');

CREATE TRIGGER "announceDeleted" AFTER DELETE ON "ApiToken" REFERENCING OLD TABLE AS "gone"
    FOR EACH STATEMENT EXECUTE FUNCTION "latchkeyDeleted"('tokens-ended', 'tokenIds');

-- PostgreSQL knows no transition tables together with a list of columns: so these are told row by row,
-- and only of columns that change what somebody may do or what is remembered of them.
CREATE FUNCTION "latchkeyUpdated"() RETURNS trigger AS $$
BEGIN
    PERFORM "latchkeyNotify"(CASE TG_TABLE_NAME
        WHEN 'User' THEN jsonb_build_object('type', 'user-changed', 'userId', NEW."id")
        WHEN 'Session' THEN jsonb_build_object(
            'type', 'secret-replaced', 'userId', to_jsonb(NEW)->'userId', 'sessionId', NEW."id")
        ELSE jsonb_build_object(
            'type', 'tokens-ended', 'userId', to_jsonb(NEW)->'userId', 'tokenIds', jsonb_build_array(NEW."id"))
    END);
    RETURN NULL;
END
$$ LANGUAGE plpgsql SET search_path FROM CURRENT;

CREATE TRIGGER "announceUpdated" AFTER UPDATE OF "role", "name", "email", "disabledAt" ON "User"
    FOR EACH ROW
    WHEN ((OLD."role", OLD."name", OLD."email", OLD."disabledAt")
        IS DISTINCT FROM (NEW."role", NEW."name", NEW."email", NEW."disabledAt"))
    EXECUTE FUNCTION "latchkeyUpdated"();

CREATE TRIGGER "announceUpdated" AFTER UPDATE OF "tokenHash" ON "Session"
    FOR EACH ROW WHEN (OLD."tokenHash" IS DISTINCT FROM NEW."tokenHash")
    EXECUTE FUNCTION "latchkeyUpdated"();

CREATE TRIGGER "announceUpdated" AFTER UPDATE OF "scopes", "expiresAt", "tokenHash" ON "ApiToken"
    FOR EACH ROW
    WHEN ((OLD."scopes", OLD."expiresAt", OLD."tokenHash")
        IS DISTINCT FROM (NEW."scopes", NEW."expiresAt", NEW."tokenHash"))
    EXECUTE FUNCTION "latchkeyUpdated"();

-- What is new takes nothing away: it is told once a person, so that their open pages show it.
CREATE FUNCTION "latchkeyInserted"() RETURNS trigger AS $$
BEGIN
    PERFORM "latchkeyNotify"(jsonb_build_object(
        'type', TG_ARGV[0], 'userId', "userId", 'sessionId', max("id")))
    FROM "added" GROUP BY "userId";
    RETURN NULL;
END
$$ LANGUAGE plpgsql SET search_path FROM CURRENT;

CREATE TRIGGER "announceInserted" AFTER INSERT ON "Session" REFERENCING NEW TABLE AS "added"
    FOR EACH STATEMENT EXECUTE FUNCTION "latchkeyInserted"('session-started');

CREATE TRIGGER "announceInserted" AFTER INSERT ON "ApiToken" REFERENCING NEW TABLE AS "added"
    FOR EACH STATEMENT EXECUTE FUNCTION "latchkeyInserted"('access-granted');

-- A TRUNCATE says of no row that it went.
CREATE FUNCTION "latchkeyTruncated"() RETURNS trigger AS $$
BEGIN
    PERFORM "latchkeyNotify"('{"type": "unknown"}');
    RETURN NULL;
END
$$ LANGUAGE plpgsql SET search_path FROM CURRENT;

CREATE TRIGGER "announceTruncated" AFTER TRUNCATE ON "User"
    FOR EACH STATEMENT EXECUTE FUNCTION "latchkeyTruncated"();

CREATE TRIGGER "announceTruncated" AFTER TRUNCATE ON "Session"
    FOR EACH STATEMENT EXECUTE FUNCTION "latchkeyTruncated"();

CREATE TRIGGER "announceTruncated" AFTER TRUNCATE ON "ApiToken"
    FOR EACH STATEMENT EXECUTE FUNCTION "latchkeyTruncated"();
