-- Everybody has a username from now on, by which applications know them. SQL cannot choose readable
-- ones: the id stands in for it until the server starts, which gives everybody theirs.
CREATE TABLE "new_User" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "email" TEXT NOT NULL,
    "emailConfirmedAt" DATETIME,
    "username" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "nameKey" TEXT NOT NULL,
    "role" TEXT NOT NULL DEFAULT 'user',
    "disabledAt" DATETIME,
    "createdAt" DATETIME NOT NULL,
    "updatedAt" DATETIME NOT NULL,
    "lastActiveAt" DATETIME NOT NULL
);
INSERT INTO "new_User"
    ("id", "email", "username", "name", "nameKey", "role", "disabledAt", "createdAt", "updatedAt", "lastActiveAt")
SELECT "id", "email", "id", "name", "nameKey", "role", "disabledAt", "createdAt", "updatedAt", "lastActiveAt"
FROM "User";
DROP TABLE "User";
ALTER TABLE "new_User" RENAME TO "User";

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
    "hash" BLOB NOT NULL PRIMARY KEY,
    "userId" TEXT NOT NULL
);

-- CreateIndex
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");

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

-- CreateIndex
CREATE INDEX "User_role_id_disabledAt_idx" ON "User"("role", "id", "disabledAt");

-- CreateIndex
CREATE INDEX "User_disabledAt_id_role_idx" ON "User"("disabledAt", "id", "role");
