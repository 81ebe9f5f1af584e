-- firmware_fits: whether some registered meter has this version and type.
-- $1 ... $4 text[]  parts of an expression (serials_count.sql)
-- $5 text    firmware
-- $6 text    software type
-- rows 1     yes
-- variant named few: m.id in (select serials_match($1::text[], $2::text[], $3::text[], $4::text[]))
-- variant named any: num_nulls($1::text[], $2::text[], $3::text[], $4::text[]) = 0
select exists (select from meter m join meter_type t on t.id = m.meter_type_id
                where m.firmware collate "C" = $5 and t.software_type = $6 and /*named*/);
