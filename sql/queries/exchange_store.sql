-- exchange_store: sessions that are over, for the exchange log.
-- $1  bool    some may be stored already: an answer was lost
-- $2  int8[]  id: when it began, see exchange_id()
-- $3  int8[]  meter_id; NULL: not known, and looked for by its name
-- $4  int8[]  where its bytes are; NULL: here
-- $5  int4[]  took_ms
-- $6  int4[]  bytes from the meter
-- $7  int4[]  bytes to the meter
-- $8  text[]  address of the far end
-- $9  text[]  protocol; NULL: none knew it
-- $10 text[]  result
-- $11 text[]  what it called itself; NULL: nothing, or the meter is known
-- $12 bytea[] frames
-- rows 1      days they are kept; 0: nothing is kept, nor was
-- Nobody waits for the disk: what a power cut takes are the last moments of a log.
select exchange_store($1::bool, $2::int8[], $3::int8[], $4::int8[], $5::int4[], $6::int4[], $7::int4[],
                      $8::text[], $9::text[], $10::text[], $11::text[], $12::bytea[]) as days
 where set_config('synchronous_commit', 'off', true) = 'off';
