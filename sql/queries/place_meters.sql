-- place_meters: the meters of one square, for those that share a house.
-- $1 int  x, $2 int y, $3 int levels between this square and one of level 20
-- rows 0..100  id, serial, account, address
select m.id, m.serial, m.account, b.address
  from meter_place p
  join meter m on m.id = p.meter_id
  left join subscriber b on b.id = m.subscriber_id
 where p.x between $1::int << $3::int and (($1::int + 1) << $3::int) - 1
   and p.y between $2::int << $3::int and (($2::int + 1) << $3::int) - 1
 order by b.address, m.serial limit 100;
