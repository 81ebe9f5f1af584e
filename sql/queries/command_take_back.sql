-- command_take_back: what a meter has not had yet is not sent to it.
-- $1 bigint  command
-- $2 inet    of the browser
select command_take_back($1, $2);
