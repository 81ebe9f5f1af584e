-- place_set: an administrator says where a meter stands (see the function).
-- $1 bigint  meter
-- $2 int     latitude_udeg, $3 int longitude_udeg; NULL: nobody says any more
-- $4 inet    of the administrator
select place_set($1, $2, $3, $4);
