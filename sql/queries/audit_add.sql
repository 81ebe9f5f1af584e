-- audit_add: a line of «Протокол работы».
-- $1 text  login
-- $2 text  action
-- $3 text  note
-- $4 inet  address, NULL: not from a browser
insert into audit_log (operator_login, action, note, address)
values ($1, $2, $3, $4);
