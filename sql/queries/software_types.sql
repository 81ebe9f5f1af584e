-- software_types: what firmware can be sent to, for choices.
-- rows 0..n  type
select distinct software_type from meter_type where software_type <> '' order by 1;
