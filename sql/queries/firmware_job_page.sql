-- firmware_job_page: firmware jobs, as lib/model/directory.h asks for lists.
-- $1 int8  rows, NULL: all
-- $2 int8  rows before them
-- $3 text  what is looked for, between % (found only)
-- rows     id, name, numbers, version, software type, file, executions, made_by,
--          made_at_us
-- variant order name_asc: x.name, x.id
-- variant order name_desc: x.name desc, x.id desc
-- variant order numbers_asc: x.numbers collate "C", x.id
-- variant order numbers_desc: x.numbers collate "C" desc, x.id desc
-- variant order version_asc: x.version, x.id
-- variant order version_desc: x.version desc, x.id desc
-- variant order type_asc: x.software_type collate "ru-x-icu", x.id
-- variant order type_desc: x.software_type collate "ru-x-icu" desc, x.id desc
-- variant order file_asc: x.file_name collate "ru-x-icu", x.id
-- variant order file_desc: x.file_name collate "ru-x-icu" desc, x.id desc
-- variant order runs_asc: x.runs, x.id
-- variant order runs_desc: x.runs desc, x.id desc
-- variant order by_asc: x.made_by collate "ru-x-icu", x.id
-- variant order by_desc: x.made_by collate "ru-x-icu" desc, x.id desc
-- variant order at_asc: x.made_at, x.id
-- variant order at_desc: x.made_at desc, x.id desc
-- variant filter all: true
-- variant filter found: (x.name ilike $3 or x.numbers like $3 or x.software_type ilike $3 or x.version ilike $3)
select x.id, x.name, x.numbers, x.version, x.software_type, x.file_name, x.runs, x.made_by,
       (extract(epoch from x.made_at) * 1000000)::int8
  from (select x.id, x.name, x.numbers, x.version, x.software_type, x.file_name, x.made_by, x.made_at,
               (select count(*) from command c where c.job_id = x.id and c.state = 'executed') as runs
          from meter_job x where x.kind = 'firmware') x
 where /*filter*/
 order by /*order*/
 limit $1::int8 offset $2::int8;
