-- place_branches: meters on the map by branch.
-- rows 0..n  name (NULL: without a branch), n
select b.name, sum(c.n) as n
  from place_count c left join branch b on b.id = c.branch_id
 where c.level = 4
 group by b.id, b.name having sum(c.n) > 0
 order by b.name collate "ru-x-icu" nulls last;
