--- Send many jobs of one state back to `wait`, those that have been there longest first.
--- @key 1 base      prefix of the queue's keys; job hashes are `base .. id`
--- @key 2 wait      list of job ids
--- @key 3 active    list of job ids, counted for the global concurrency
--- @key 4 completed sorted set of job ids
--- @key 5 failed    sorted set of job ids
--- @key 6 delayed   sorted set of job ids
--- @key 7 meta      queue settings
--- @key 8 marker    wake-up markers
--- @key 9 events    stream
--- @arg 1 state     "completed" | "failed" | "delayed"
--- @arg 2 max_score only jobs up to this score; "+inf" for all
--- @arg 3 page_size jobs per call
--- @returns 1 call again, there are more | 0 done
--- @emits waiting {jobId, prev}, per job
--- @include "includes/add_marker"
--- @include "includes/max_events"
--- @include "includes/reattach_to_parent"
local base, wait, active = KEYS[1], KEYS[2], KEYS[3]
local sources = { completed = KEYS[4], failed = KEYS[5], delayed = KEYS[6] }
local meta, marker, events = KEYS[7], KEYS[8], KEYS[9]
local state, max_score, page_size = ARGV[1], ARGV[2], tonumber(ARGV[3])

local ids = redis.call("ZRANGEBYSCORE", sources[state], "-inf", max_score, "LIMIT", 0, page_size)
if #ids == 0 then
  return 0
end
redis.call("ZREMRANGEBYRANK", sources[state], 0, #ids - 1)
redis.call("LPUSH", wait, unpack(ids))
for _, job_id in ipairs(ids) do
  local job = base .. job_id
  if state ~= "delayed" then
    redis.call("HDEL", job, "finishedOn", "processedOn", state == "failed" and "failedReason" or "returnvalue")
    local parent = redis.call("HGET", job, "parentKey")
    if parent then
      reattach_to_parent(job, parent)
    end
  end
  redis.call("XADD", events, "*", "event", "waiting", "jobId", job_id, "prev", state)
end
add_marker(marker, meta, active)
redis.call("XTRIM", events, "MAXLEN", "~", max_events(meta))
return #ids == page_size and 1 or 0
