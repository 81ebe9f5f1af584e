-- serials_unknown: the first of these serial numbers that no meter has.
-- $1 text[]
-- rows 0..1  no (1 is the first)
select no from serials_unknown($1::text[]);
