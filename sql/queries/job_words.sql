-- job_words: the words of a document.
-- $1 bigint  job
-- rows 0..n  name, word
select w.key as name, w.value as word
  from job j cross join lateral jsonb_each_text(j.words) w
 where j.id = $1;
