-- command_result: what meters made of their turns, and what comes next.
-- $1  int8[]  meter
-- $2  int8[]  command; NULL: a setting, which has no row
-- $3  text[]  kind
-- $4  text[]  executed, delivered, refused; seen: nobody knows
-- $5  text[]  why it was refused
-- $6  int2[]  valve the meter shows, NULL unless it was read
-- $7  int8[]  number it carried
-- $8  text[]  word it carried
-- $9  text[]  rows it fetched, as JSON
-- $10 text[]  identity whose secret changes
-- $11 bytea[] what was sealed for it
-- $12 bytea[] what is sealed for it now
-- $13 int4[]  bits of the kinds this session has tried
-- rows one a result: ord (1..n), command_id, kind, verify, a, b, word, sealed;
--      kind NULL: nothing is left to do
-- A command superseded while the meter worked stays so; that it was executed
-- is written down all the same.
select i.ord, t.command_id, t.kind, t.verify, t.a, t.b, t.word, t.sealed
  from unnest($1::int8[], $2::int8[], $3::text[], $4::text[], $5::text[], $6::int2[], $7::int8[],
              $8::text[], $9::text[], $10::text[], $11::bytea[], $12::bytea[], $13::int4[])
       with ordinality
       as i (meter, command, kind, result, refusal, valve, a, word, told, identity, before, sealed, tried, ord),
       session_told(i.meter, i.command, i.kind, i.result, i.refusal, i.valve, i.a, i.word,
                    i.told::jsonb, i.identity, i.before, i.sealed, i.tried) t;
