-- meter_secret_put: keep or replace what is sealed for a meter.
-- $1 text   identity
-- $2 bytea  sealed
insert into meter_secret (identity, sealed) values ($1, $2)
on conflict (identity) do update set sealed = excluded.sealed;
