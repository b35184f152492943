-- The resources of all tenants, and in columns what they are found by: texts in the form in which
-- they are compared.
CREATE TABLE IF NOT EXISTS resource (
    number INTEGER PRIMARY KEY,
    tenant TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    version TEXT NOT NULL,
    user_name TEXT,
    external_id TEXT,
    display_name TEXT,
    active INTEGER,
    json TEXT NOT NULL,
    UNIQUE (tenant, id),
    UNIQUE (tenant, user_name)
);
CREATE INDEX IF NOT EXISTS external_id ON resource (tenant, kind, external_id);

-- Which groups have which members.
CREATE TABLE IF NOT EXISTS member (
    tenant TEXT NOT NULL,
    group_id TEXT NOT NULL,
    value TEXT NOT NULL,
    folded TEXT NOT NULL,
    PRIMARY KEY (tenant, value, group_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS member_of_group ON member (tenant, group_id);
