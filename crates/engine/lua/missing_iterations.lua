--- Look through a page of schedulers for those whose next job will not run.
--- @key 1 base         prefix of the queue's keys; job hashes are `base .. id`
--- @key 2 repeat       sorted set of scheduler ids, score = latest slot
--- @arg 1 offset       schedulers that earlier calls have looked at
--- @arg 2 count        schedulers looked at per call
--- @returns {schedulers looked at, then per missing one: id, latest slot, "gone" or "finished"}
--- @include "includes/iteration_id"
--- @include "includes/missing_iteration"
local base, schedulers = KEYS[1], KEYS[2]
local offset, count = tonumber(ARGV[1]), tonumber(ARGV[2])

local page = redis.call("ZRANGE", schedulers, offset, offset + count - 1, "WITHSCORES")
local found = { #page / 2 }
for i = 1, #page, 2 do
  local missing = missing_iteration(base, iteration_id(page[i], tonumber(page[i + 1])))
  if missing then
    found[#found + 1] = page[i]
    found[#found + 1] = string.format("%.0f", tonumber(page[i + 1]))
    found[#found + 1] = missing
  end
end
return found
