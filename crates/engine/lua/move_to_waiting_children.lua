--- Let an active job wait for its children, or for one of them, before it goes on.
--- @key 1 base             prefix of the queue's keys; job hashes are `base .. id`
--- @key 2 wait             list of job ids
--- @key 3 active           list of job ids
--- @key 4 prioritized      sorted set of job ids
--- @key 5 waiting_children sorted set of job ids
--- @key 6 stalled          set of job ids under suspicion
--- @key 7 meta             queue settings
--- @key 8 marker           wake-up markers
--- @key 9 events           stream
--- @arg 1 call_id          names this call; a repetition answers as the first did and moves nothing
--- @arg 2 job_id
--- @arg 3 token            lock token, must own the lock
--- @arg 4 child            full key of the child to wait for, empty for all
--- @arg 5 now_ms
--- @returns 1 it waits | 0 there is nothing to wait for | -1 job missing | -2 lock missing | -3 not active
---   | -6 lock owned by another worker | -9 failed children
--- @emits waiting-children {jobId, prev}
--- @include "includes/add_marker"
--- @include "includes/max_events"
--- @include "includes/recall"
--- @include "includes/remember"
local base, wait, active, prioritized, waiting_children = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local stalled, meta, marker, events = KEYS[6], KEYS[7], KEYS[8], KEYS[9]
local call_id, job_id, token, child, now_ms = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local job = base .. job_id

if recall(base, call_id) then
  return 1
end
if redis.call("EXISTS", job) == 0 then
  return -1
end
if redis.call("EXISTS", job .. ":unsuccessful") == 1 then
  return -9
end
local dependencies = job .. ":dependencies"
local is_open = child == "" and redis.call("EXISTS", dependencies) or redis.call("SISMEMBER", dependencies, child)
if is_open == 0 then
  return 0
end
local holder = redis.call("GET", job .. ":lock")
if not holder then
  return -2
elseif holder ~= token then
  return -6
elseif redis.call("LREM", active, -1, job_id) == 0 then
  return -3
end

redis.call("DEL", job .. ":lock")
redis.call("SREM", stalled, job_id)
redis.call("ZADD", waiting_children, now_ms, job_id)
redis.call("XADD", events, "MAXLEN", "~", max_events(meta), "*", "event", "waiting-children", "jobId", job_id, "prev", "active")
-- It made room under a global concurrency that others may be waiting for.
if redis.call("LLEN", wait) > 0 or redis.call("ZCARD", prioritized) > 0 then
  add_marker(marker, meta, active)
end
remember(base, call_id, 1)
return 1
