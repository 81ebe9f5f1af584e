-- fleet_named: how many meters an expression names, and how many of them can
-- be asked for this.
-- $1 ... $4 text[]  parts of an expression (serials_count.sql)
-- $5 text    kind of command
-- rows 1     named, able
select named, able from fleet_named($1::text[], $2::text[], $3::text[], $4::text[], $5);
