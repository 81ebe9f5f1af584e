-- statistics_add: a sample of this host.
-- $1 text       host
-- $2 int8       when its counters began, microseconds
-- $3 int8       milliseconds that the rates are of
-- $4 int        processors
-- $5 int        load of 5 minutes for each processor, thousandths
-- $6 int        of 15 minutes
-- $7 int8       connections of meters, thousandths of one a second
-- $8 int8       sessions stored, likewise
-- $9 int8       microseconds to the commit, median; NULL: no session
-- $10 int8      of 99 in 100
-- $11 int       connections open now
-- $12 int8      bytes free on the disk
-- $13 int8      bytes of the disk
-- $14 int8[]    counters (daemon/counters.h)
-- $15 jsonb     processes
select statistics_add($1, timestamptz 'epoch' + $2::int8 * interval '1 microsecond', $3::int8, $4::int,
                      $5::int, $6::int, $7::int8, $8::int8, $9::int8, $10::int8, $11::int,
                      $12::int8, $13::int8, $14::int8[], $15::jsonb);
