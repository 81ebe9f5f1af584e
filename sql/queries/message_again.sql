-- message_again: a copy of a message that is over is queued, and the log told.
-- $1 text  mail, sms
-- $2 int8  its id
-- $3 inet  address of the administrator
-- rows 1   id of the copy
select message_again($1, $2::int8, $3::inet) as id;
