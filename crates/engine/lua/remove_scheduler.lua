--- Remove a scheduler and its next job if that is still delayed; one that could run already runs a last time.
--- @key 1 base         prefix of the queue's keys; job hashes are `base .. id`
--- @key 2 repeat       sorted set of scheduler ids, score = latest slot; records are `repeat:<id>`
--- @key 3 delayed      sorted set of job ids
--- @key 4 meta         queue settings
--- @key 5 events       stream
--- @arg 1 call_id      names this call; a repetition answers as the first did
--- @arg 2 scheduler_id
--- @returns 1 removed | 0 there was none
--- @emits removed {jobId, prev}
--- @include "includes/erase_iteration"
--- @include "includes/iteration_id"
--- @include "includes/max_events"
--- @include "includes/recall"
--- @include "includes/remember"
local base, schedulers, delayed, meta, events = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local call_id, scheduler_id = ARGV[1], ARGV[2]

local answered = recall(base, call_id)
if answered then
  return tonumber(answered)
end
local slot = redis.call("ZSCORE", schedulers, scheduler_id)
redis.call("DEL", schedulers .. ":" .. scheduler_id)
if not slot then
  return 0
end
redis.call("ZREM", schedulers, scheduler_id)
local job_id = iteration_id(scheduler_id, tonumber(slot))
if redis.call("ZSCORE", delayed, job_id) then
  erase_iteration(base, job_id)
  redis.call("XADD", events, "MAXLEN", "~", max_events(meta), "*", "event", "removed", "jobId", job_id, "prev", "delayed")
end
remember(base, call_id, 1)
return 1
