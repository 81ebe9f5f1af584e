-- cabinet_settings: how the cabinet looks, and whether he wants SMS.
-- $1 text  scheme
-- $2 bool  SMS; NULL: as it is
select cabinet_settings($1, $2);
