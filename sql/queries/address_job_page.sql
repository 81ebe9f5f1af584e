-- address_job_page: server address jobs, as lib/model/directory.h asks for lists.
-- $1 int8  rows, NULL: all
-- $2 int8  rows before them
-- $3 text  what is looked for, between % (found only)
-- rows     id, name, numbers, address:port, executions, made_by, made_at_us,
--          whether the numbers came in a file, how many
-- variant order name_asc: x.name, x.id
-- variant order name_desc: x.name desc, x.id desc
-- variant order numbers_asc: x.numbers collate "C", x.id
-- variant order numbers_desc: x.numbers collate "C" desc, x.id desc
-- variant order to_asc: x.target collate "C", x.id
-- variant order to_desc: x.target collate "C" desc, x.id desc
-- variant order runs_asc: x.runs, x.id
-- variant order runs_desc: x.runs desc, x.id desc
-- variant order by_asc: x.made_by collate "ru-x-icu", x.id
-- variant order by_desc: x.made_by collate "ru-x-icu" desc, x.id desc
-- variant order at_asc: x.made_at, x.id
-- variant order at_desc: x.made_at desc, x.id desc
-- variant filter all: true
-- variant filter found: (x.name ilike $3 or x.numbers like $3 or x.target ilike $3)
select x.id, x.name, x.numbers, x.target, x.runs, x.made_by,
       (extract(epoch from x.made_at) * 1000000)::int8, x.from_file,
       case when x.from_file then (select count(*) from meter_job_serial s where s.job_id = x.id) end
  from (select x.id, x.name, x.numbers, x.address || ':' || x.port as target, x.made_by, x.made_at, x.from_file,
               (select count(*) from command c where c.job_id = x.id and c.state = 'executed') as runs
          from meter_job x where x.kind = 'server_address') x
 where /*filter*/
 order by /*order*/
 limit $1::int8 offset $2::int8;
