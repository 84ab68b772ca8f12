--- List ids of waiting jobs; a `paused` list of an older BullMQ counts as the part of `wait` that is served first.
--- @key 1 wait      list of job ids
--- @key 2 paused    list of job ids, written by BullMQ before version 6 only
--- @arg 1 first     position of the first id; negative counts from the end
--- @arg 2 last      position of the last id; negative counts from the end
--- @arg 3 ascending "1": the job served next stands at position 0; empty: the job added last does
--- @returns ids
local wait, paused = KEYS[1], KEYS[2]
local first, last, ascending = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3] == "1"

local in_wait = redis.call("LLEN", wait)
local total = in_wait + redis.call("LLEN", paused)
if first < 0 then
  first = math.max(first + total, 0)
end
if last < 0 then
  last = last + total
end
last = math.min(last, total - 1)
if first > last then
  return {}
end
if ascending then
  first, last = total - 1 - last, total - 1 - first
end

local ids = {}
if first < in_wait then
  ids = redis.call("LRANGE", wait, first, math.min(last, in_wait - 1))
end
if last >= in_wait then
  for _, job_id in ipairs(redis.call("LRANGE", paused, math.max(first - in_wait, 0), last - in_wait)) do
    ids[#ids + 1] = job_id
  end
end
if not ascending then
  return ids
end
local reversed = {}
for i = #ids, 1, -1 do
  reversed[#reversed + 1] = ids[i]
end
return reversed
