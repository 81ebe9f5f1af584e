-- statistics_thin: minutes long past become hours, old hours are forgotten.
-- rows 1    rows taken away
select statistics_thin() as n;
