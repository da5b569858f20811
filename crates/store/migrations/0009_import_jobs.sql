-- Import jobs. `status` is what the document says; active ones are few.
CREATE TABLE import_jobs (
    id TEXT NOT NULL PRIMARY KEY,
    pool TEXT NOT NULL REFERENCES pools (id) ON DELETE CASCADE,
    created INTEGER NOT NULL,
    version INTEGER NOT NULL,
    status TEXT NOT NULL,
    doc TEXT NOT NULL
) STRICT;
CREATE INDEX import_jobs_by_age ON import_jobs (pool, created, id);
CREATE INDEX import_jobs_active ON import_jobs (created, id) WHERE status IN ('Pending', 'InProgress');
