--- Let a delayed job run now.
--- @key 1 base        prefix of the queue's keys; job hashes are `base .. id`
--- @key 2 delayed     sorted set of job ids
--- @key 3 wait        list of job ids
--- @key 4 active      list of job ids, counted for the global concurrency
--- @key 5 prioritized sorted set of job ids
--- @key 6 pc          counter that orders jobs of one priority
--- @key 7 meta        queue settings
--- @key 8 marker      wake-up markers
--- @key 9 events      stream
--- @arg 1 call_id     names this call; a repetition answers as the first did and moves nothing
--- @arg 2 job_id
--- @returns 0 | -3 not delayed, or not there at all
--- @emits waiting {jobId, prev}
--- @include "includes/add_marker"
--- @include "includes/add_to_prioritized"
--- @include "includes/max_events"
--- @include "includes/recall"
--- @include "includes/remember"
local base, delayed, wait, active, prioritized = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local pc, meta, marker, events = KEYS[6], KEYS[7], KEYS[8], KEYS[9]
local call_id, job_id = ARGV[1], ARGV[2]
local job = base .. job_id

if recall(base, call_id) then
  return 0
end
if redis.call("ZREM", delayed, job_id) == 0 then
  return -3
end
redis.call("HSET", job, "delay", 0)
local priority = tonumber(redis.call("HGET", job, "priority")) or 0
if priority > 0 then
  add_to_prioritized(prioritized, pc, priority, job_id)
else
  redis.call("LPUSH", wait, job_id)
end
add_marker(marker, meta, active)
redis.call("XADD", events, "MAXLEN", "~", max_events(meta), "*", "event", "waiting", "jobId", job_id, "prev", "delayed")
remember(base, call_id, 0)
return 0
