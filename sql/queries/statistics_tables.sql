-- statistics_tables: the largest tables as a host saw them last, with their indexes.
-- $1 text    host
-- rows       name, bytes
select t.key as name, t.value::int8 as bytes
  from statistics_host h, jsonb_each_text(h.tables) t
 where h.host = $1
 order by 2 desc, 1;
