-- Applications behind Latchkey, who may use them, and which browser reached which.

-- CreateTable
CREATE TABLE "Application" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "host" TEXT NOT NULL,
    "forEverybody" BOOLEAN NOT NULL,
    "publicPaths" TEXT NOT NULL,
    "moreOrigins" TEXT NOT NULL,
    "assertion" BOOLEAN NOT NULL,
    "upstream" TEXT,
    "createdAt" DATETIME NOT NULL
);

-- CreateIndex
CREATE UNIQUE INDEX "Application_host_key" ON "Application"("host");

-- CreateTable
CREATE TABLE "UsedApplicationId" (
    "id" TEXT NOT NULL PRIMARY KEY
);

-- CreateTable
CREATE TABLE "Group" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL
);

-- CreateIndex
CREATE UNIQUE INDEX "Group_name_key" ON "Group"("name");

-- CreateTable
CREATE TABLE "GroupMember" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "groupId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    CONSTRAINT "GroupMember_groupId_fkey" FOREIGN KEY ("groupId") REFERENCES "Group" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "GroupMember_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE UNIQUE INDEX "GroupMember_groupId_userId_key" ON "GroupMember"("groupId", "userId");

-- CreateIndex
CREATE INDEX "GroupMember_userId_idx" ON "GroupMember"("userId");

-- CreateTable
CREATE TABLE "ApplicationGroup" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "applicationId" TEXT NOT NULL,
    "groupId" TEXT NOT NULL,
    CONSTRAINT "ApplicationGroup_applicationId_fkey" FOREIGN KEY ("applicationId") REFERENCES "Application" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "ApplicationGroup_groupId_fkey" FOREIGN KEY ("groupId") REFERENCES "Group" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE UNIQUE INDEX "ApplicationGroup_applicationId_groupId_key" ON "ApplicationGroup"("applicationId", "groupId");

-- CreateIndex
CREATE INDEX "ApplicationGroup_groupId_idx" ON "ApplicationGroup"("groupId");

-- CreateTable
CREATE TABLE "ApplicationSession" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "sessionId" TEXT NOT NULL,
    "applicationId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "lastUsedAt" DATETIME NOT NULL,
    "askAgain" BOOLEAN NOT NULL,
    CONSTRAINT "ApplicationSession_sessionId_fkey" FOREIGN KEY ("sessionId") REFERENCES "Session" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "ApplicationSession_applicationId_fkey" FOREIGN KEY ("applicationId") REFERENCES "Application" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE UNIQUE INDEX "ApplicationSession_sessionId_applicationId_key" ON "ApplicationSession"("sessionId", "applicationId");

-- CreateIndex
CREATE INDEX "ApplicationSession_applicationId_idx" ON "ApplicationSession"("applicationId");

-- CreateTable
CREATE TABLE "ApplicationCookie" (
    "tokenHash" BLOB NOT NULL PRIMARY KEY,
    "applicationSessionId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    CONSTRAINT "ApplicationCookie_applicationSessionId_fkey" FOREIGN KEY ("applicationSessionId") REFERENCES "ApplicationSession" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE INDEX "ApplicationCookie_applicationSessionId_idx" ON "ApplicationCookie"("applicationSessionId");

-- CreateTable
CREATE TABLE "ApplicationCode" (
    "codeHash" BLOB NOT NULL PRIMARY KEY,
    "applicationSessionId" TEXT NOT NULL,
    "nonceHash" BLOB NOT NULL,
    "returnTo" TEXT NOT NULL,
    "expiresAt" DATETIME NOT NULL,
    CONSTRAINT "ApplicationCode_applicationSessionId_fkey" FOREIGN KEY ("applicationSessionId") REFERENCES "ApplicationSession" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE INDEX "ApplicationCode_applicationSessionId_idx" ON "ApplicationCode"("applicationSessionId");

-- CreateIndex
CREATE INDEX "ApplicationCode_expiresAt_idx" ON "ApplicationCode"("expiresAt");

-- CreateTable
CREATE TABLE "SigningKey" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "jwk" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL
);

-- An API token is for one application, or for Latchkey's own API.
ALTER TABLE "ApiToken" ADD COLUMN "applicationId" TEXT REFERENCES "Application" ("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- CreateIndex
CREATE INDEX "ApiToken_applicationId_idx" ON "ApiToken"("applicationId");
