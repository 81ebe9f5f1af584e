-- audit_words: operators or actions that stand in «Протокол работы».
-- $1 text  login or action
-- rows     word
select w.word from audit_words($1, 500) w;
