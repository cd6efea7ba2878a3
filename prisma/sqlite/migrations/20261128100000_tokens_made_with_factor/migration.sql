-- An application that asks for a second factor is opened by no token whose maker had shown none.

-- AlterTable
ALTER TABLE "ApiToken" ADD COLUMN "madeWithFactor" BOOLEAN NOT NULL DEFAULT false;
