-- operator_session_replace: end the sessions of this operator at this address.
-- $1 int   operator
-- $2 inet  address
update operator_session
   set replaced_at = now(),
       active_at = least(active_at, now() - interval '21 minutes')
 where operator_id = $1 and address = $2 and replaced_at is null;
