-- Users are found by any part of their name, e-mail address or username: an index of every three
-- characters that follow each other. Where pg_trgm is not to be had, nothing is made, and Latchkey looks
-- for beginnings. It may be there already, in a schema of its own.
DO $$
DECLARE "where" name;
BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    SELECT nspname INTO STRICT "where"
    FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = 'pg_trgm';
    EXECUTE format(
        'CREATE INDEX "User_search_idx" ON "User" USING gin '
        '(("nameKey" || E''\n'' || "email" || E''\n'' || "username") %I.gin_trgm_ops)', "where");
EXCEPTION WHEN insufficient_privilege OR undefined_file OR undefined_object OR feature_not_supported THEN
    RAISE NOTICE 'pg_trgm is not to be had: %', SQLERRM;
END
$$;
