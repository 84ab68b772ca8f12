--- Let workers take jobs again; jobs that an older BullMQ left in `paused` join `wait` first, ahead of what is there.
--- @key 1 base        prefix of the queue's keys
--- @key 2 meta        queue settings
--- @key 3 wait        list of job ids
--- @key 4 paused      list of job ids, written by BullMQ before version 6 only
--- @key 5 prioritized sorted set of job ids
--- @key 6 delayed     sorted set of job ids
--- @key 7 marker      wake-up markers
--- @key 8 events      stream
--- @arg 1 call_id     names this call; a repetition answers as the first did and changes nothing
--- @arg 2 page_size   ids moved per call
--- @returns 1 call again, more ids are to be moved | 0 resumed
--- @emits resumed
--- @include "includes/add_delayed_marker"
--- @include "includes/max_events"
--- @include "includes/recall"
--- @include "includes/remember"
local base, meta, wait, paused, prioritized = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local delayed, marker, events = KEYS[6], KEYS[7], KEYS[8]
local call_id, page_size = ARGV[1], tonumber(ARGV[2])

local answer = recall(base, call_id)
if answer then
  return tonumber(answer)
end

if redis.call("EXISTS", wait) == 0 and redis.call("EXISTS", paused) == 1 then
  redis.call("RENAME", paused, wait)
else
  local page = redis.call("LRANGE", paused, 0, page_size - 1)
  if #page > 0 then
    redis.call("RPUSH", wait, unpack(page))
    redis.call("LTRIM", paused, #page, -1)
    if redis.call("EXISTS", paused) == 1 then
      remember(base, call_id, 1)
      return 1
    end
  end
end

redis.call("HDEL", meta, "paused")
if redis.call("EXISTS", wait, prioritized) > 0 then
  redis.call("ZADD", marker, 0, "0")
else
  add_delayed_marker(marker, delayed)
end
redis.call("XADD", events, "MAXLEN", "~", max_events(meta), "*", "event", "resumed")
remember(base, call_id, 0)
return 0
