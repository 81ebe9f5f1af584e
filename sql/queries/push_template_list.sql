-- push_template_list: how to recognise a push, in the order they are tried.
-- rows 0..n id, name, type, medium, items, shape, match_position,
--           match_octets, named
select p.id, p.name, t.name as type, t.medium, p.items, p.shape,
       p.match_position, p.match_octets, p.named
  from push_template p join meter_type t on t.id = p.meter_type_id
 order by p.match_octets is null, p.shape is null, p.items is null,
          length(p.match_octets) desc, p.id;
