-- meter_options: what a field that wants a meter suggests.
-- $1 text     what has been typed, between %
-- rows 0..12  serial, address
select m.serial, coalesce(s.address, '')
  from (select id from meter_people_search($1, 200)) f
  join meter m on m.id = f.id
  left join subscriber s on s.id = m.subscriber_id
 order by m.serial limit 12;
