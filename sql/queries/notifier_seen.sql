-- notifier_seen: the notifier lives.
update notifier_channel set seen_at = now();
