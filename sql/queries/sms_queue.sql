-- sms_queue: one SMS into the outbox, with its cause.
-- $1 text   kind
-- $2 text   phone
-- $3 text   language
-- $4 jsonb  values of its template
-- rows 1    id
select sms_queue($1, $2, $3, $4::jsonb) as id;
