-- meter_enroll: meters that call for the first time register themselves.
-- $1 text[] identities
-- $2 text[] serial numbers
-- $3 text[] types they name
-- $4 text[] types to fall back to
-- $5 text[] firmware versions
-- rows 1    how many are new
select meter_register($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) as made;
