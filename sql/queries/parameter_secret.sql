-- parameter_secret: what is sealed about parameter:<name>; for the notifier.
-- $1 text    name
-- rows 0..1  sealed; none: no secret is set
select p.sealed
  from parameter p
 where p.name = $1 and p.sealed is not null;
