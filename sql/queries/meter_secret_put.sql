-- meter_secret_put: keep or replace what is sealed for a meter.
-- $1 text   identity
-- $2 bytea  sealed
-- $3 int8   mark of the keys in it; NULL: there are none
insert into meter_secret (identity, sealed, key_mark) values ($1, $2, $3)
on conflict (identity) do update set sealed = excluded.sealed, key_mark = excluded.key_mark;
