-- A browser has a name that its owner gave it, remembers until when the sessions were seen there, and may say
-- more of its device than its name does.

-- AlterTable
ALTER TABLE "Session" ADD COLUMN "deviceHints" TEXT COLLATE "C";
ALTER TABLE "Session" ADD COLUMN "deviceId" TEXT COLLATE "C";
ALTER TABLE "Session" ADD COLUMN "label" TEXT COLLATE "C";

-- AlterTable
ALTER TABLE "KnownDevice" ADD COLUMN "label" TEXT COLLATE "C";
ALTER TABLE "KnownDevice" ADD COLUMN "lookedAt" TIMESTAMP(3);
ALTER TABLE "KnownDevice" ADD COLUMN "lookedBefore" TIMESTAMP(3);

-- Of those that are open, which browser it is. One that was begun in a browser known before finds none.
UPDATE "Session" SET "deviceId" = (
    SELECT "id" FROM "KnownDevice"
    WHERE "KnownDevice"."userId" = "Session"."userId" AND "createdBySession" = "Session"."id"
);
