-- cabinet_view_enter: whose cabinet this cookie of a view shows, and to whom; sets what
-- row security reads, writes the log, and lets the transaction only read from there on.
-- $1 bytea   SHA-256 of the token
-- $2 inet    address of the browser
-- $3 text    action for the log; '': nothing is shown, no line
-- $4 text    what is shown
-- $5 bool    the view ends with this
-- rows 0..1  subscriber_id, full_name, account, scheme, section, counts, notices,
--      viewer (login), settings
select subscriber_id, full_name, account, scheme, section, counts, notices, viewer, settings
  from cabinet_view_enter($1, $2, $3, $4, $5);
