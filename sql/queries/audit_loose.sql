-- audit_loose: lines of «Протокол работы» that are not in its chain.
-- rows 1  waiting   they wait for the sealer
--         late      of them, older than a minute (by the time they carry)
--         forged    neither linked nor waiting
--         first_id  the first of those
select count(*) filter (where w.log_id is not null) as waiting,
       count(*) filter (where w.log_id is not null and l.at < now() - interval '1 minute') as late,
       count(*) filter (where w.log_id is null) as forged,
       min(l.id) filter (where w.log_id is null) as first_id
  from audit_log l left join audit_waiting w on w.log_id = l.id
 where not exists (select from audit_chain c where c.log_id = l.id);
