-- A password that somebody else may know is kept to be refused as the next one.

-- CreateTable
CREATE TABLE "RetiredPassword" (
    "userId" TEXT COLLATE "C" NOT NULL,
    "hash" TEXT COLLATE "C" NOT NULL,
    "retiredAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "RetiredPassword_pkey" PRIMARY KEY ("userId")
);

-- AddForeignKey
ALTER TABLE "RetiredPassword" ADD CONSTRAINT "RetiredPassword_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;
