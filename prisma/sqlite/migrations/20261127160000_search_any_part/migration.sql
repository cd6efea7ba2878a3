-- Users are found by any part of their name, e-mail address or username: an index of every three
-- characters that follow each other. What is indexed is folded already, so that here case counts.

-- The rows of "User" have no number that lasts: VACUUM, by which backups are made, may give them others.
CREATE TABLE "UserSearchRow" (
    "row" INTEGER NOT NULL PRIMARY KEY,
    "userId" TEXT NOT NULL
);

-- CreateIndex
CREATE UNIQUE INDEX "UserSearchRow_userId_key" ON "UserSearchRow"("userId");

-- It keeps no text of its own.
CREATE VIRTUAL TABLE "UserSearch" USING fts5(
    "nameKey", "email", "username",
    content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1'
);

INSERT INTO "UserSearchRow" ("userId") SELECT "id" FROM "User";
INSERT INTO "UserSearch" ("rowid", "nameKey", "email", "username")
SELECT "row", "nameKey", "email", "username"
FROM "UserSearchRow" JOIN "User" ON "User"."id" = "UserSearchRow"."userId";

-- A migration that makes "User" anew has to make these anew as well.
CREATE TRIGGER "searchUserAdded" AFTER INSERT ON "User"
BEGIN
    INSERT INTO "UserSearchRow" ("userId") VALUES (NEW."id");
    INSERT INTO "UserSearch" ("rowid", "nameKey", "email", "username")
    SELECT "row", NEW."nameKey", NEW."email", NEW."username"
    FROM "UserSearchRow" WHERE "userId" = NEW."id";
END;

CREATE TRIGGER "searchUserChanged" AFTER UPDATE OF "nameKey", "email", "username" ON "User"
WHEN (OLD."nameKey", OLD."email", OLD."username") IS NOT (NEW."nameKey", NEW."email", NEW."username")
BEGIN
    UPDATE "UserSearch" SET "nameKey" = NEW."nameKey", "email" = NEW."email", "username" = NEW."username"
    WHERE "rowid" = (SELECT "row" FROM "UserSearchRow" WHERE "userId" = NEW."id");
END;

CREATE TRIGGER "searchUserGone" AFTER DELETE ON "User"
BEGIN
    DELETE FROM "UserSearch" WHERE "rowid" = (SELECT "row" FROM "UserSearchRow" WHERE "userId" = OLD."id");
    DELETE FROM "UserSearchRow" WHERE "userId" = OLD."id";
END;
