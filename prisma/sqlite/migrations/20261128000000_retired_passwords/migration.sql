-- A password that somebody else may know is kept to be refused as the next one.

-- CreateTable
CREATE TABLE "RetiredPassword" (
    "userId" TEXT NOT NULL PRIMARY KEY,
    "hash" TEXT NOT NULL,
    "retiredAt" DATETIME NOT NULL,
    CONSTRAINT "RetiredPassword_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
