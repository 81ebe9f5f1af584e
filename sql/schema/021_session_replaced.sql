-- A person whose session was replaced is told so, and not that he was idle.

alter table operator_session add column replaced_at timestamptz;
comment on column operator_session.replaced_at is 'Another sign-in of this operator at this address took over; active_at is then put beyond the twenty minutes.';
grant select (replaced_at), update (active_at, replaced_at) on operator_session to lazur_web;
