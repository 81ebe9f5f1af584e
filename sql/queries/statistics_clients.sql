-- statistics_clients: who is connected to the database.
-- rows      role, connections
select coalesce(a.usename, '') as role, count(*) as connections
  from pg_stat_activity a
 where a.datname = current_database()
 group by 1
 order by 1;
