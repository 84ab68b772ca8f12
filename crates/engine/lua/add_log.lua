--- Append a row to a job's log.
--- @key 1 base    prefix of the queue's keys; job hashes are `base .. id`
--- @arg 1 call_id names this call; a repetition answers as the first did and adds nothing
--- @arg 2 job_id
--- @arg 3 row     text
--- @arg 4 keep    newest rows to keep, or empty for all
--- @returns rows kept | -1 job missing
--- @include "includes/recall"
--- @include "includes/remember"
local base, call_id, job, row, keep = KEYS[1], ARGV[1], KEYS[1] .. ARGV[2], ARGV[3], ARGV[4]
local logs = job .. ":logs"

local answered = recall(base, call_id)
if answered then
  return tonumber(answered)
end
if redis.call("EXISTS", job) == 0 then
  return -1
end
local count = redis.call("RPUSH", logs, row)
if keep ~= "" then
  redis.call("LTRIM", logs, -tonumber(keep), -1)
  count = math.min(count, tonumber(keep))
end
return remember(base, call_id, count)
