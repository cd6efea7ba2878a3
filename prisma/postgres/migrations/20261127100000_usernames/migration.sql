-- Everybody has a username from now on, by which applications know them. SQL cannot choose readable
-- ones: the id stands in for it until the server starts, which gives everybody theirs.
ALTER TABLE "User" ADD COLUMN "emailConfirmedAt" TIMESTAMP(3), ADD COLUMN "username" TEXT COLLATE "C";
UPDATE "User" SET "username" = "id";
ALTER TABLE "User" ALTER COLUMN "username" SET NOT NULL;

-- Who entered the address that somebody has now: the log knows, as far back as it goes. It was an
-- administrator when another person did it, and at the set-up, which is the only way to come into being as
-- an administrator by oneself. Of what the log does not know, nothing is claimed.
UPDATE "User" SET "emailConfirmedAt" = (
    SELECT CASE
        WHEN "actorId" <> "subjectId" THEN "at"
        WHEN "kind" = 'user.created' AND "User"."role" = 'admin' AND NOT EXISTS (
            SELECT 1 FROM "AuditEvent" AS "later"
            WHERE "later"."subjectId" = "User"."id" AND "later"."kind" = 'user.role-changed'
        ) THEN "at"
    END
    FROM "AuditEvent"
    WHERE "subjectId" = "User"."id" AND "actorId" IS NOT NULL AND "kind" IN ('user.created', 'user.email-changed')
    ORDER BY "at" DESC, "id" DESC LIMIT 1
);

-- Every username that was ever given. No foreign key: it outlives the person.
CREATE TABLE "GivenUsername" (
    "hash" BYTEA NOT NULL,
    "userId" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "GivenUsername_pkey" PRIMARY KEY ("hash")
);

-- What is remembered of a person holds both as well.
DROP TRIGGER "announceUpdated" ON "User";
CREATE TRIGGER "announceUpdated"
    AFTER UPDATE OF "role", "name", "email", "disabledAt", "username", "emailConfirmedAt" ON "User"
    FOR EACH ROW
    WHEN ((OLD."role", OLD."name", OLD."email", OLD."disabledAt", OLD."username", OLD."emailConfirmedAt")
        IS DISTINCT FROM
        (NEW."role", NEW."name", NEW."email", NEW."disabledAt", NEW."username", NEW."emailConfirmedAt"))
    EXECUTE FUNCTION "latchkeyUpdated"();

-- The list of people shows usernames, and is searched by them.
DROP INDEX "User_nameKey_id_role_disabledAt_email_idx";
DROP INDEX "User_email_id_role_disabledAt_nameKey_idx";
DROP INDEX "User_createdAt_id_role_disabledAt_nameKey_email_idx";
DROP INDEX "User_lastActiveAt_id_role_disabledAt_nameKey_email_idx";

-- CreateIndex
CREATE UNIQUE INDEX "User_username_key" ON "User"("username");

-- CreateIndex
CREATE INDEX "User_nameKey_id_role_disabledAt_email_username_idx" ON "User"("nameKey", "id", "role", "disabledAt", "email", "username");

-- CreateIndex
CREATE INDEX "User_email_id_role_disabledAt_nameKey_username_idx" ON "User"("email", "id", "role", "disabledAt", "nameKey", "username");

-- CreateIndex
CREATE INDEX "User_createdAt_id_role_disabledAt_nameKey_email_username_idx" ON "User"("createdAt", "id", "role", "disabledAt", "nameKey", "email", "username");

-- CreateIndex
CREATE INDEX "User_lastActiveAt_id_role_disabledAt_nameKey_email_username_idx" ON "User"("lastActiveAt", "id", "role", "disabledAt", "nameKey", "email", "username");

-- CreateIndex
CREATE INDEX "User_username_id_role_disabledAt_idx" ON "User"("username", "id", "role", "disabledAt");
