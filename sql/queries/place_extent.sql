-- place_extent: how many meters stand on the map, and between which edges.
-- rows 1  n, south_udeg, north_udeg, west_udeg, east_udeg (NULL without any)
select coalesce(sum(n), 0) as n,
       min(latitude_udeg_sum / n) as south_udeg, max(latitude_udeg_sum / n) as north_udeg,
       min(longitude_udeg_sum / n) as west_udeg, max(longitude_udeg_sum / n) as east_udeg
  from place_count where level = 12 and n > 0;
