--- Publish the progress of a job. A repetition publishes it again, which says nothing new.
--- @key 1 base     prefix of the queue's keys; job hashes are `base .. id`
--- @key 2 meta     queue settings
--- @key 3 events   stream
--- @arg 1 job_id
--- @arg 2 progress JSON text
--- @returns 0 | -1 job missing
--- @emits progress {jobId, data}
--- @include "includes/max_events"
local base, meta, events = KEYS[1], KEYS[2], KEYS[3]
local job_id, progress = ARGV[1], ARGV[2]

if redis.call("EXISTS", base .. job_id) == 0 then
  return -1
end
redis.call("HSET", base .. job_id, "progress", progress)
redis.call("XADD", events, "MAXLEN", "~", max_events(meta), "*", "event", "progress", "jobId", job_id, "data", progress)
return 0
