-- cabinet_expire: sessions, links, codes and attempts that are over.
-- rows 1  how many were deleted
select cabinet_expire() as n;
