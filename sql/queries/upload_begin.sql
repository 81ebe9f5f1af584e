-- upload_begin: a file of the operator who asks begins to arrive.
-- $1 text  its name
-- rows 1   id
insert into upload (operator_id, name)
select o.id, $1 from operator o where o.login = app_login()
returning id;
