-- Applications behind Latchkey, who may use them, and which browser reached which.

-- CreateTable
CREATE TABLE "Application" (
    "id" TEXT COLLATE "C" NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "address" TEXT COLLATE "C" NOT NULL,
    "host" TEXT COLLATE "C" NOT NULL,
    "forEverybody" BOOLEAN NOT NULL,
    "publicPaths" TEXT COLLATE "C" NOT NULL,
    "moreOrigins" TEXT COLLATE "C" NOT NULL,
    "assertion" BOOLEAN NOT NULL,
    "upstream" TEXT COLLATE "C",
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Application_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "UsedApplicationId" (
    "id" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "UsedApplicationId_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Group" (
    "id" TEXT COLLATE "C" NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Group_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "GroupMember" (
    "id" TEXT COLLATE "C" NOT NULL,
    "groupId" TEXT COLLATE "C" NOT NULL,
    "userId" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "GroupMember_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ApplicationGroup" (
    "id" TEXT COLLATE "C" NOT NULL,
    "applicationId" TEXT COLLATE "C" NOT NULL,
    "groupId" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "ApplicationGroup_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ApplicationSession" (
    "id" TEXT COLLATE "C" NOT NULL,
    "sessionId" TEXT COLLATE "C" NOT NULL,
    "applicationId" TEXT COLLATE "C" NOT NULL,
    "userId" TEXT COLLATE "C" NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "lastUsedAt" TIMESTAMP(3) NOT NULL,
    "askAgain" BOOLEAN NOT NULL,

    CONSTRAINT "ApplicationSession_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ApplicationCookie" (
    "tokenHash" BYTEA NOT NULL,
    "applicationSessionId" TEXT COLLATE "C" NOT NULL,
    "userId" TEXT COLLATE "C" NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "ApplicationCookie_pkey" PRIMARY KEY ("tokenHash")
);

-- CreateTable
CREATE TABLE "ApplicationCode" (
    "codeHash" BYTEA NOT NULL,
    "applicationSessionId" TEXT COLLATE "C" NOT NULL,
    "nonceHash" BYTEA NOT NULL,
    "returnTo" TEXT COLLATE "C" NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "ApplicationCode_pkey" PRIMARY KEY ("codeHash")
);

-- CreateTable
CREATE TABLE "SigningKey" (
    "id" TEXT COLLATE "C" NOT NULL,
    "jwk" TEXT COLLATE "C" NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "SigningKey_pkey" PRIMARY KEY ("id")
);

ALTER TABLE "ApiToken" ADD COLUMN "applicationId" TEXT COLLATE "C";

-- CreateIndex
CREATE UNIQUE INDEX "Application_host_key" ON "Application"("host");

-- CreateIndex
CREATE UNIQUE INDEX "Group_name_key" ON "Group"("name");

-- CreateIndex
CREATE UNIQUE INDEX "GroupMember_groupId_userId_key" ON "GroupMember"("groupId", "userId");

-- CreateIndex
CREATE INDEX "GroupMember_userId_idx" ON "GroupMember"("userId");

-- CreateIndex
CREATE UNIQUE INDEX "ApplicationGroup_applicationId_groupId_key" ON "ApplicationGroup"("applicationId", "groupId");

-- CreateIndex
CREATE INDEX "ApplicationGroup_groupId_idx" ON "ApplicationGroup"("groupId");

-- CreateIndex
CREATE UNIQUE INDEX "ApplicationSession_sessionId_applicationId_key" ON "ApplicationSession"("sessionId", "applicationId");

-- CreateIndex
CREATE INDEX "ApplicationSession_applicationId_idx" ON "ApplicationSession"("applicationId");

-- CreateIndex
CREATE INDEX "ApplicationCookie_applicationSessionId_idx" ON "ApplicationCookie"("applicationSessionId");

-- CreateIndex
CREATE INDEX "ApplicationCode_applicationSessionId_idx" ON "ApplicationCode"("applicationSessionId");

-- CreateIndex
CREATE INDEX "ApplicationCode_expiresAt_idx" ON "ApplicationCode"("expiresAt");

-- CreateIndex
CREATE INDEX "ApiToken_applicationId_idx" ON "ApiToken"("applicationId");

-- AddForeignKey
ALTER TABLE "GroupMember" ADD CONSTRAINT "GroupMember_groupId_fkey" FOREIGN KEY ("groupId") REFERENCES "Group"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "GroupMember" ADD CONSTRAINT "GroupMember_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ApplicationGroup" ADD CONSTRAINT "ApplicationGroup_applicationId_fkey" FOREIGN KEY ("applicationId") REFERENCES "Application"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ApplicationGroup" ADD CONSTRAINT "ApplicationGroup_groupId_fkey" FOREIGN KEY ("groupId") REFERENCES "Group"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ApplicationSession" ADD CONSTRAINT "ApplicationSession_sessionId_fkey" FOREIGN KEY ("sessionId") REFERENCES "Session"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ApplicationSession" ADD CONSTRAINT "ApplicationSession_applicationId_fkey" FOREIGN KEY ("applicationId") REFERENCES "Application"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ApplicationCookie" ADD CONSTRAINT "ApplicationCookie_applicationSessionId_fkey" FOREIGN KEY ("applicationSessionId") REFERENCES "ApplicationSession"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ApplicationCode" ADD CONSTRAINT "ApplicationCode_applicationSessionId_fkey" FOREIGN KEY ("applicationSessionId") REFERENCES "ApplicationSession"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ApiToken" ADD CONSTRAINT "ApiToken_applicationId_fkey" FOREIGN KEY ("applicationId") REFERENCES "Application"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Announced like what is announced of sessions; see 20261127000001_nodes. Whatever ends a sign-in at an
-- application deletes its cookies, by cascade or by themselves.
CREATE FUNCTION "latchkeyCookiesDeleted"() RETURNS trigger AS $$
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
            SELECT "userId", "applicationSessionId" AS "id",
                (row_number() OVER (PARTITION BY "userId" ORDER BY "applicationSessionId") - 1) / 100 AS "part"
            FROM "gone" GROUP BY "userId", "applicationSessionId"
        ) AS "numbered"
        GROUP BY "userId", "part"
    LOOP
        PERFORM "latchkeyNotify"(jsonb_build_object(
            'type', 'application-sign-ins-ended',
            'userId', hundred."userId",
            'applicationSessionIds', hundred."ids",
            'reason', coalesce(current_setting('latchkey.reason', true), '')
        ));
    END LOOP;
    RETURN NULL;
END
$$ LANGUAGE plpgsql SET search_path FROM CURRENT;

CREATE TRIGGER "announceDeleted" AFTER DELETE ON "ApplicationCookie" REFERENCING OLD TABLE AS "gone"
    FOR EACH STATEMENT EXECUTE FUNCTION "latchkeyCookiesDeleted"();

-- Tells of a row by one of its columns: the type of the notice, the name there, and the column.
CREATE FUNCTION "latchkeyRowChanged"() RETURNS trigger AS $$
DECLARE
    was jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD)->TG_ARGV[2] END;
    now_is jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW)->TG_ARGV[2] END;
BEGIN
    -- A row that went from one to another is news about both.
    IF was IS NOT NULL THEN
        PERFORM "latchkeyNotify"(jsonb_build_object('type', TG_ARGV[0], TG_ARGV[1], was));
    END IF;
    IF now_is IS NOT NULL AND now_is IS DISTINCT FROM was THEN
        PERFORM "latchkeyNotify"(jsonb_build_object('type', TG_ARGV[0], TG_ARGV[1], now_is));
    END IF;
    RETURN NULL;
END
$$ LANGUAGE plpgsql SET search_path FROM CURRENT;

CREATE TRIGGER "announceChanged" AFTER UPDATE OR DELETE ON "Application"
    FOR EACH ROW EXECUTE FUNCTION "latchkeyRowChanged"('application-changed', 'applicationId', 'id');

CREATE TRIGGER "announceChanged" AFTER INSERT OR UPDATE OR DELETE ON "ApplicationGroup"
    FOR EACH ROW EXECUTE FUNCTION "latchkeyRowChanged"('application-changed', 'applicationId', 'applicationId');

CREATE TRIGGER "announceChanged" AFTER UPDATE OR DELETE ON "Group"
    FOR EACH ROW EXECUTE FUNCTION "latchkeyRowChanged"('group-changed', 'groupId', 'id');

CREATE TRIGGER "announceChanged" AFTER INSERT OR UPDATE OR DELETE ON "GroupMember"
    FOR EACH ROW EXECUTE FUNCTION "latchkeyRowChanged"('user-changed', 'userId', 'userId');

CREATE TRIGGER "announceInserted" AFTER INSERT ON "ApplicationCookie"
    FOR EACH ROW EXECUTE FUNCTION "latchkeyRowChanged"('access-granted', 'userId', 'userId');

CREATE TRIGGER "announceTruncated" AFTER TRUNCATE ON "Application"
    FOR EACH STATEMENT EXECUTE FUNCTION "latchkeyTruncated"();

CREATE TRIGGER "announceTruncated" AFTER TRUNCATE ON "ApplicationGroup"
    FOR EACH STATEMENT EXECUTE FUNCTION "latchkeyTruncated"();

CREATE TRIGGER "announceTruncated" AFTER TRUNCATE ON "Group"
    FOR EACH STATEMENT EXECUTE FUNCTION "latchkeyTruncated"();

CREATE TRIGGER "announceTruncated" AFTER TRUNCATE ON "GroupMember"
    FOR EACH STATEMENT EXECUTE FUNCTION "latchkeyTruncated"();

CREATE TRIGGER "announceTruncated" AFTER TRUNCATE ON "ApplicationCookie"
    FOR EACH STATEMENT EXECUTE FUNCTION "latchkeyTruncated"();

-- What a token is for: for another application, or for the API.
CREATE TRIGGER "announceMoved" AFTER UPDATE OF "applicationId" ON "ApiToken"
    FOR EACH ROW WHEN (OLD."applicationId" IS DISTINCT FROM NEW."applicationId")
    EXECUTE FUNCTION "latchkeyUpdated"();
