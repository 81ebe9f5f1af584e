-- operator_card: one operator, as his form shows him.
-- $1 int4    operator
-- rows 0..1  version, login, role, branches {1,2}, sees_branchless,
--            soap_allowed, disabled, first_name, last_name, email, sessions
select o.version, o.login, o.role,
       array(select branch_id from operator_branch b where b.operator_id = o.id order by 1)::text,
       o.sees_branchless, o.soap_allowed, o.disabled, o.first_name, o.last_name, o.email,
       (select count(*) from operator_session s where s.operator_id = o.id
          and s.replaced_at is null and s.active_at > now() - interval '20 minutes')
  from operator o where o.id = $1;
