--- Let workers take jobs again; jobs that an older BullMQ left in `paused` join `wait` first, ahead of what is there.
--- @key 1 meta        queue settings
--- @key 2 wait        list of job ids
--- @key 3 paused      list of job ids, written by BullMQ before version 6 only
--- @key 4 prioritized sorted set of job ids
--- @key 5 delayed     sorted set of job ids
--- @key 6 marker      wake-up markers
--- @key 7 events      stream
--- @arg 1 page_size   ids moved per call
--- @returns 1 call again, more ids are to be moved | 0 resumed
--- @emits resumed
--- @include "includes/add_delayed_marker"
--- @include "includes/max_events"
local meta, wait, paused, prioritized, delayed = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local marker, events = KEYS[6], KEYS[7]
local page_size = tonumber(ARGV[1])

if redis.call("EXISTS", wait) == 0 and redis.call("EXISTS", paused) == 1 then
  redis.call("RENAME", paused, wait)
else
  local page = redis.call("LRANGE", paused, 0, page_size - 1)
  if #page > 0 then
    redis.call("RPUSH", wait, unpack(page))
    redis.call("LTRIM", paused, #page, -1)
    if redis.call("EXISTS", paused) == 1 then
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
return 0
