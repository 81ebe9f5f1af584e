-- place_find: where a meter is, and whether its base station is known by name.
-- $1 bigint  meter
-- rows 0..1  latitude_udeg, longitude_udeg, source, accuracy_m, at_us, set_by,
--      has_cell; the first six NULL when the place is not determined
select p.latitude_udeg, p.longitude_udeg, p.source, p.accuracy_m,
       (extract(epoch from p.at) * 1000000)::bigint as at_us, p.set_by,
       k.meter_id is not null as has_cell
  from meter m
  left join meter_place p on p.meter_id = m.id
  left join meter_cell k on k.meter_id = m.id
 where m.id = $1::bigint;
