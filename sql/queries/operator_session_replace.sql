-- operator_session_replace: end the sessions of this operator at this address.
-- $1 int   operator
-- $2 inet  address
delete from operator_session where operator_id = $1 and address = $2;
