-- meter_job_add: a new job; its meters get their commands afterwards.
-- $1 $2 $3 $4 text[]  the expression as serials_include takes it
-- $5 text   firmware, server_address
-- $6 text   name
-- $7 text   the expression as typed; empty: numbers of a file
-- $8 text   firmware a meter must have
-- $9 text   software type
-- $10 text  address
-- $11 int4  port, NULL for firmware
-- $12 bytea sealed password, NULL: none
-- $13 int8  upload with the image, NULL: none
-- $14 text  login
-- rows 1    id
insert into meter_job (kind, name, numbers, exact, first, last, masks, from_file, version,
       software_type, address, port, sealed, file_name, file_size, file_sha256, made_by)
select $5, $6, $7, $1::text[], $2::text[], $3::text[], $4::text[], $7 = '', $8, $9, $10, $11::int, $12::bytea,
       coalesce(u.name, ''), coalesce(u.size, 0), u.sha256, $14
  from (select 1) one left join upload u on u.id = $13::int8
returning id;
