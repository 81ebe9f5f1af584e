-- metrics_tables: the largest tables as the freshest host saw them.
-- rows      name, bytes
select t.key as name, t.value::int8 as bytes
  from (select x.tables from metrics_hosts() x order by x.at desc limit 1) h, jsonb_each_text(h.tables) t
 order by 1;
