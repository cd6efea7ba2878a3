-- A browser has a name that its owner gave it, remembers until when the sessions were seen there, and may say
-- more of its device than its name does.

-- AlterTable
ALTER TABLE "Session" ADD COLUMN "deviceHints" TEXT;
ALTER TABLE "Session" ADD COLUMN "deviceId" TEXT;
ALTER TABLE "Session" ADD COLUMN "label" TEXT;

-- AlterTable
ALTER TABLE "KnownDevice" ADD COLUMN "label" TEXT;
ALTER TABLE "KnownDevice" ADD COLUMN "lookedAt" DATETIME;
ALTER TABLE "KnownDevice" ADD COLUMN "lookedBefore" DATETIME;

-- Of those that are open, which browser it is. One that was begun in a browser known before finds none.
UPDATE "Session" SET "deviceId" = (
    SELECT "id" FROM "KnownDevice"
    WHERE "KnownDevice"."userId" = "Session"."userId" AND "createdBySession" = "Session"."id"
);
