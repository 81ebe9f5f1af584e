-- meter_secret_find: what is sealed for meters that pushed ciphered telegrams.
-- $1 text[] identities (system titles)
-- rows 0..n identity, sealed
select identity, sealed from meter_secret where identity = any ($1::text[]);
