-- Who sets Latchkey up is shown what is left to do; who did so before knows their way.

-- AlterTable
ALTER TABLE "User" ADD COLUMN "isGreeted" BOOLEAN NOT NULL DEFAULT false;
