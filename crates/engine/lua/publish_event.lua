--- Append an entry of the caller's own to the event stream.
--- @key 1 base       prefix of the queue's keys
--- @key 2 events     stream
--- @arg 1 call_id    names this call; a repetition appends nothing
--- @arg 2 kept       about how many entries the stream keeps
--- @args fields 2 name, value
--- @returns 0
--- @emits whatever the caller says
--- @include "includes/recall"
--- @include "includes/remember"
local base, events = KEYS[1], KEYS[2]
local call_id, kept = ARGV[1], ARGV[2]

if recall(base, call_id) then
  return 0
end
redis.call("XADD", events, "MAXLEN", "~", kept, "*", unpack(ARGV, 3))
return remember(base, call_id, 0)
