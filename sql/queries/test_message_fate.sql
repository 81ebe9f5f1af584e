-- test_message_fate: what has become of a test message.
-- $1 int8    id
-- rows 0..1  recipient, state, attempts, next_us, error, detail
-- variant channel mail: m.recipient | outbox_mail m | test_letter
-- variant channel sms: m.phone | outbox_sms m | test_sms
select /*channel*/ as recipient, m.state, m.attempts,
       (extract(epoch from m.next_at) * 1000000)::int8 as next_us, m.error, m.detail
  from /*channel.2*/
 where m.id = $1::int8 and m.reason = '/*channel.3*/';
