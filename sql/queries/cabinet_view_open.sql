-- cabinet_view_open: an administrator begins to look into a cabinet; the log is written.
-- $1 int8   subscriber
-- $2 bytea  SHA-256 of the token of the administrator's session
-- $3 bytea  SHA-256 of the token of the view
-- $4 inet   address of the browser
select cabinet_view_open($1::int8, $2::bytea, $3::bytea, $4::inet);
