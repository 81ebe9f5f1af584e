-- test_message: a letter or an SMS of an administrator, to see that it arrives.
-- $1 text    mail or sms
-- $2 text    address or phone
-- $3 text    language
-- $4 inet    address of the administrator
-- rows 1     id
select test_message($1, $2, $3, $4::inet) as id;
