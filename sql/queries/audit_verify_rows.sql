-- audit_verify_rows: the chain of «Протокол работы» with the lines it links.
-- rows  seq, hash (hex), log_id, id (NULL: the line is gone), at_us,
--       operator_login, action, note, address; in the order of the chain
select c.seq, encode(c.hash, 'hex'), c.log_id, l.id,
       (extract(epoch from l.at) * 1000000)::int8 as at_us,
       l.operator_login, l.action, l.note, text(l.address)
  from audit_chain c left join audit_log l on l.id = c.log_id
 order by c.seq;
