-- cabinet_touch: somebody is at work in this cabinet.
select cabinet_touch();
