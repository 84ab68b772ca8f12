--- Give a delayed job another due time.
--- @key 1 base     prefix of the queue's keys; job hashes are `base .. id`
--- @key 2 delayed  sorted set of job ids
--- @key 3 meta     queue settings
--- @key 4 marker   wake-up markers
--- @key 5 events   stream
--- @arg 1 call_id     names this call; a repetition answers as the first did and changes nothing
--- @arg 2 job_id
--- @arg 3 delay_ms from now
--- @arg 4 due_ms
--- @returns 0 | -1 job missing | -3 not delayed
--- @emits delayed {jobId, delay}
--- @include "includes/add_delayed_marker"
--- @include "includes/delayed_score"
--- @include "includes/max_events"
--- @include "includes/recall"
--- @include "includes/remember"
local base, delayed, meta, marker, events = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local call_id, job_id, delay_ms, due_ms = ARGV[1], ARGV[2], ARGV[3], ARGV[4]

if recall(base, call_id) then
  return 0
end
if redis.call("EXISTS", base .. job_id) == 0 then
  return -1
end
if redis.call("ZREM", delayed, job_id) == 0 then
  return -3
end
redis.call("HSET", base .. job_id, "delay", delay_ms)
redis.call("ZADD", delayed, delayed_score(delayed, tonumber(due_ms)), job_id)
add_delayed_marker(marker, delayed)
redis.call("XADD", events, "MAXLEN", "~", max_events(meta), "*", "event", "delayed", "jobId", job_id, "delay", due_ms)
remember(base, call_id, 0)
return 0
