--- Untie a job from its parent, which stops waiting for it; a parent that waits for nothing else goes on.
--- @key 1 base    prefix of the queue's keys; the job's hash is `base .. id`
--- @arg 1 call_id names this call; a repetition answers as the first did and changes nothing
--- @arg 2 job_id
--- @arg 3 now_ms
--- @returns 1 untied | 0 the parent did not wait for it | -1 job missing | -5 parent missing
--- @emits waiting {jobId, prev} | delayed {jobId, delay} for the parent
--- @include "includes/recall"
--- @include "includes/release_parent"
--- @include "includes/remember"
local base, call_id, job_id, now_ms = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3])
local job = base .. job_id

if recall(base, call_id) then
  return 1
end
if redis.call("EXISTS", job) == 0 then
  return -1
end
local parent = redis.call("HGET", job, "parentKey")
if not parent or redis.call("EXISTS", parent) == 0 then
  return -5
end
if not release_parent(job, parent, now_ms) then
  return 0
end
redis.call("HDEL", job, "parentKey", "parent")
remember(base, call_id, 1)
return 1
