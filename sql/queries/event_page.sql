-- event_page: records of a meter's own journals, a page or (limit NULL) all.
-- $1 bigint  meter
-- $2 bigint  rows of the page
-- $3 bigint  rows before it
-- rows 0..n  at_us, log, code (-1: none), text (NULL: nobody has said what it
--      means), status, total (10001: more than 10000)
-- variant dir asc: e.at, e.log, e.code
-- variant dir desc: e.at desc, e.log, e.code
select (extract(epoch from e.at) * 1000000)::bigint as at_us, e.log, e.code, w.text, e.status,
       (select count(*) from
         (select from meter_event x where x.meter_id = $1 limit 10001) y) as total
  from meter_event e
  left join event_word w on w.log = e.log and w.code = e.code
 where e.meter_id = $1
 order by /*dir*/ limit $2 offset $3;
