-- meter_secret_find: what is sealed for meters that pushed ciphered telegrams.
-- $1 text[] identities (system titles)
-- rows 0..n identity, sealed, candidate (NULL: it has no other keys), counter
--      (of one answer; NULL: it has no keys)
select identity, sealed, candidate, counter from meter_secrets_heard($1::text[]);
