-- cabinet_events: the last hundred events of the cabinet, newest first.
-- rows 0..100  at_us, kind, note, browser, address
select (extract(epoch from at) * 1000000)::bigint as at_us, kind, note, browser,
       coalesce(host(address), '') as address
  from cabinet_event
 where subscriber_id = app_subscriber()
 order by id desc limit 100;
