-- subscriber_taken: which of a subscriber's own marks another one has.
-- $1 text  account, NULL: none
-- $2 text  e-mail, '': none
-- $3 int8  the subscriber himself, NULL: a new one
-- rows 1   account taken, e-mail taken
select exists (select from subscriber where account = $1 and id is distinct from $3::int8),
       exists (select from subscriber where lower(email) = lower($2) and email <> ''
                  and id is distinct from $3::int8);
