-- meter_hold: keep others from giving these meters new registers until the
-- end of the transaction. Always in the order of ids, so that two batches
-- never wait for each other.
-- $1 text[] identities
select s.meter_id
  from meter_state s
 where s.meter_id in (select k.meter_id from meter_identity k
                       where k.identity = any ($1::text[]))
 order by s.meter_id
   for no key update;
