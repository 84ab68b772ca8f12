--- Send a finished job back to the queue.
--- @key 1 base        prefix of the queue's keys; job hashes are `base .. id`
--- @key 2 wait        list of job ids
--- @key 3 active      list of job ids, counted for the global concurrency
--- @key 4 prioritized sorted set of job ids
--- @key 5 pc          counter that orders jobs of one priority
--- @key 6 completed   sorted set of job ids
--- @key 7 failed      sorted set of job ids
--- @key 8 meta        queue settings
--- @key 9 marker      wake-up markers
--- @key 10 events     stream
--- @arg 1 call_id     names this call; a repetition answers as the first did and moves nothing
--- @arg 2 job_id
--- @arg 3 state       "completed" | "failed": where the job must be
--- @arg 4 forget      fields to reset: "made", "started", "both" or empty
--- @returns 0 | -1 job missing | -3 not in that state
--- @emits waiting {jobId, prev}
--- @include "includes/add_marker"
--- @include "includes/add_to_prioritized"
--- @include "includes/max_events"
--- @include "includes/reattach_to_parent"
--- @include "includes/recall"
--- @include "includes/remember"
local base, wait, active, prioritized, pc = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local completed, failed, meta, marker, events = KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10]
local call_id, job_id, state, forget = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local job = base .. job_id

if recall(base, call_id) then
  return 0
end
local fields = redis.call("HMGET", job, "name", "priority", "opts", "parentKey")
if not fields[1] then
  return -1
end
if redis.call("ZREM", state == "completed" and completed or failed, job_id) == 0 then
  return -3
end

redis.call("HDEL", job, "finishedOn", "processedOn", state == "failed" and "failedReason" or "returnvalue")
if forget == "made" or forget == "both" then
  redis.call("HDEL", job, "atm", "attemptsMade")
end
if forget == "started" or forget == "both" then
  redis.call("HDEL", job, "ats")
end
local priority = tonumber(fields[2]) or 0
if priority > 0 then
  add_to_prioritized(prioritized, pc, priority, job_id)
elseif fields[3] and cjson.decode(fields[3]).lifo then
  redis.call("RPUSH", wait, job_id)
else
  redis.call("LPUSH", wait, job_id)
end
if fields[4] then
  reattach_to_parent(job, fields[4])
end
add_marker(marker, meta, active)
redis.call("XADD", events, "MAXLEN", "~", max_events(meta), "*", "event", "waiting", "jobId", job_id, "prev", state)
remember(base, call_id, 0)
return 0
