-- schema_version: the newest migration that has been applied.
-- rows 1     version
select coalesce(max(version), 0) as version from schema_version;
