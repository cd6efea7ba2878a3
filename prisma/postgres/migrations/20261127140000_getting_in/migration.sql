-- Getting in safely: second factors, passkeys, devices, mail, and addresses that change.

-- CreateEnum
CREATE TYPE "SignInMethod" AS ENUM ('password', 'link', 'passkey');

-- CreateEnum
CREATE TYPE "SecondFactor" AS ENUM ('authenticator', 'recovery_code', 'remembered_device', 'passkey');

-- CreateEnum
CREATE TYPE "MailState" AS ENUM ('waiting', 'sent', 'given_up');

-- AlterEnum
ALTER TYPE "LinkPurpose" ADD VALUE 'forgotten_password';
ALTER TYPE "LinkPurpose" ADD VALUE 'sign_up';
ALTER TYPE "LinkPurpose" ADD VALUE 'confirm_email';
ALTER TYPE "LinkPurpose" ADD VALUE 'take_back_email';
ALTER TYPE "LinkPurpose" ADD VALUE 'disown_sign_in';
ALTER TYPE "LinkPurpose" ADD VALUE 'add_factor';

ALTER TABLE "User" ADD COLUMN "linkToAddFactor" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "Application" ADD COLUMN "secondFactor" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "Session" ADD COLUMN "signedInBy" "SignInMethod";
ALTER TABLE "Session" ADD COLUMN "secondFactor" "SecondFactor";
ALTER TABLE "OneTimeLink" ADD COLUMN "email" TEXT COLLATE "C";
ALTER TABLE "OneTimeLink" ADD COLUMN "about" TEXT COLLATE "C";

-- CreateTable
CREATE TABLE "PendingSignIn" (
    "id" TEXT COLLATE "C" NOT NULL,
    "tokenHash" BYTEA NOT NULL,
    "formKey" BYTEA NOT NULL,
    "userId" TEXT COLLATE "C" NOT NULL,
    "startedBy" "SignInMethod" NOT NULL,
    "kept" BOOLEAN NOT NULL,
    "mayEnrol" BOOLEAN NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "PendingSignIn_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Authenticator" (
    "userId" TEXT COLLATE "C" NOT NULL,
    "key" BYTEA NOT NULL,
    "lastStep" INTEGER NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "lastUsedAt" TIMESTAMP(3),
    "createdBySession" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "Authenticator_pkey" PRIMARY KEY ("userId")
);

-- CreateTable
CREATE TABLE "RecoveryCode" (
    "id" TEXT COLLATE "C" NOT NULL,
    "userId" TEXT COLLATE "C" NOT NULL,
    "codeHash" BYTEA NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "createdBySession" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "RecoveryCode_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Passkey" (
    "id" TEXT COLLATE "C" NOT NULL,
    "credentialId" BYTEA NOT NULL,
    "userId" TEXT COLLATE "C" NOT NULL,
    "publicKey" BYTEA NOT NULL,
    "counter" BIGINT NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "transports" TEXT COLLATE "C" NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "lastUsedAt" TIMESTAMP(3),
    "createdBySession" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "Passkey_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "UsedChallenge" (
    "hash" BYTEA NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "UsedChallenge_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "KnownDevice" (
    "id" TEXT COLLATE "C" NOT NULL,
    "tokenHash" BYTEA NOT NULL,
    "userId" TEXT COLLATE "C" NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "lastSeenAt" TIMESTAMP(3) NOT NULL,
    "createdBySession" TEXT COLLATE "C" NOT NULL,
    "ip" TEXT COLLATE "C" NOT NULL,
    "userAgent" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "KnownDevice_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RememberedDevice" (
    "id" TEXT COLLATE "C" NOT NULL,
    "tokenHash" BYTEA NOT NULL,
    "userId" TEXT COLLATE "C" NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "lastUsedAt" TIMESTAMP(3),
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "createdBySession" TEXT COLLATE "C" NOT NULL,
    "ip" TEXT COLLATE "C" NOT NULL,
    "userAgent" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "RememberedDevice_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "EmailChange" (
    "id" TEXT COLLATE "C" NOT NULL,
    "userId" TEXT COLLATE "C" NOT NULL,
    "fromEmail" TEXT COLLATE "C" NOT NULL,
    "toEmail" TEXT COLLATE "C" NOT NULL,
    "fromConfirmedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL,
    "createdBySession" TEXT COLLATE "C" NOT NULL,
    "confirmedAt" TIMESTAMP(3),
    "reservedUntil" TIMESTAMP(3),

    CONSTRAINT "EmailChange_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "SignInNotice" (
    "id" TEXT COLLATE "C" NOT NULL,
    "userId" TEXT COLLATE "C" NOT NULL,
    "sessionId" TEXT COLLATE "C" NOT NULL,
    "signedInAt" TIMESTAMP(3) NOT NULL,
    "ip" TEXT COLLATE "C" NOT NULL,
    "userAgent" TEXT COLLATE "C" NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "disownedAt" TIMESTAMP(3),
    "outcome" TEXT COLLATE "C",

    CONSTRAINT "SignInNotice_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "OutgoingMail" (
    "id" TEXT COLLATE "C" NOT NULL,
    "kind" TEXT COLLATE "C" NOT NULL,
    "userId" TEXT COLLATE "C",
    "address" TEXT COLLATE "C" NOT NULL,
    "about" TEXT COLLATE "C" NOT NULL,
    "state" "MailState" NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "nextTryAt" TIMESTAMP(3) NOT NULL,
    "claimedUntil" TIMESTAMP(3),
    "tries" INTEGER NOT NULL,
    "sentAt" TIMESTAMP(3),
    "problem" TEXT COLLATE "C",

    CONSTRAINT "OutgoingMail_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "PendingSignIn_userId_idx" ON "PendingSignIn"("userId");

-- CreateIndex
CREATE INDEX "PendingSignIn_expiresAt_idx" ON "PendingSignIn"("expiresAt");

-- CreateIndex
CREATE UNIQUE INDEX "RecoveryCode_userId_codeHash_key" ON "RecoveryCode"("userId", "codeHash");

-- CreateIndex
CREATE UNIQUE INDEX "Passkey_credentialId_key" ON "Passkey"("credentialId");

-- CreateIndex
CREATE INDEX "Passkey_userId_idx" ON "Passkey"("userId");

-- CreateIndex
CREATE INDEX "UsedChallenge_expiresAt_idx" ON "UsedChallenge"("expiresAt");

-- CreateIndex
CREATE INDEX "KnownDevice_userId_idx" ON "KnownDevice"("userId");

-- CreateIndex
CREATE INDEX "RememberedDevice_userId_idx" ON "RememberedDevice"("userId");

-- CreateIndex
CREATE INDEX "RememberedDevice_expiresAt_idx" ON "RememberedDevice"("expiresAt");

-- CreateIndex
CREATE INDEX "EmailChange_userId_idx" ON "EmailChange"("userId");

-- CreateIndex
CREATE INDEX "EmailChange_fromEmail_idx" ON "EmailChange"("fromEmail");

-- CreateIndex
CREATE UNIQUE INDEX "SignInNotice_sessionId_key" ON "SignInNotice"("sessionId");

-- CreateIndex
CREATE INDEX "SignInNotice_userId_idx" ON "SignInNotice"("userId");

-- CreateIndex
CREATE INDEX "SignInNotice_expiresAt_idx" ON "SignInNotice"("expiresAt");

-- CreateIndex
CREATE INDEX "OutgoingMail_state_nextTryAt_idx" ON "OutgoingMail"("state", "nextTryAt");

-- CreateIndex
CREATE INDEX "OutgoingMail_userId_idx" ON "OutgoingMail"("userId");

-- CreateIndex
CREATE INDEX "OutgoingMail_createdAt_id_idx" ON "OutgoingMail"("createdAt", "id");

-- AddForeignKey
ALTER TABLE "PendingSignIn" ADD CONSTRAINT "PendingSignIn_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Authenticator" ADD CONSTRAINT "Authenticator_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RecoveryCode" ADD CONSTRAINT "RecoveryCode_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Passkey" ADD CONSTRAINT "Passkey_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "KnownDevice" ADD CONSTRAINT "KnownDevice_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RememberedDevice" ADD CONSTRAINT "RememberedDevice_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "EmailChange" ADD CONSTRAINT "EmailChange_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SignInNotice" ADD CONSTRAINT "SignInNotice_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "OutgoingMail" ADD CONSTRAINT "OutgoingMail_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;
