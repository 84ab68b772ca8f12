--- Stop workers from taking jobs.
--- @key 1 meta     queue settings
--- @key 2 marker   wake-up markers
--- @key 3 events   stream
--- @returns 0
--- @emits paused
--- @include "includes/max_events"
local meta, marker, events = KEYS[1], KEYS[2], KEYS[3]

redis.call("HSET", meta, "paused", 1)
redis.call("DEL", marker)
redis.call("XADD", events, "MAXLEN", "~", max_events(meta), "*", "event", "paused")
return 0
