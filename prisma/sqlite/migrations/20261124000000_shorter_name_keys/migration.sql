-- What a name is searched by is cut off from now on: compatibility forms made of some names eighteen
-- times as much.
UPDATE "User" SET "nameKey" = substr("nameKey", 1, 254) WHERE length("nameKey") > 254;
UPDATE "AuditEvent" SET "actorKey" = substr("actorKey", 1, 254) WHERE length("actorKey") > 254;
UPDATE "AuditEvent" SET "subjectKey" = substr("subjectKey", 1, 254) WHERE length("subjectKey") > 254;
