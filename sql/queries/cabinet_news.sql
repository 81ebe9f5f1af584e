-- cabinet_news: what stands in «Уведомления», as a word that changes with it.
-- rows 1  word: begins with the number of reasons
select cabinet_news() as word;
