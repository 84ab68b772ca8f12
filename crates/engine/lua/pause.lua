--- Stop workers from taking jobs.
--- @key 1 base     prefix of the queue's keys
--- @key 2 meta     queue settings
--- @key 3 marker   wake-up markers
--- @key 4 events   stream
--- @arg 1 call_id     names this call; a repetition answers as the first did and changes nothing
--- @returns 0
--- @emits paused
--- @include "includes/max_events"
--- @include "includes/recall"
--- @include "includes/remember"
local base, meta, marker, events = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local call_id = ARGV[1]

if recall(base, call_id) then
  return 0
end
redis.call("HSET", meta, "paused", 1)
redis.call("DEL", marker)
redis.call("XADD", events, "MAXLEN", "~", max_events(meta), "*", "event", "paused")
remember(base, call_id, 0)
return 0
