--- Give a job another priority; a job that waits is put in its new place at once.
--- @key 1 base        prefix of the queue's keys; job hashes are `base .. id`
--- @key 2 wait        list of job ids
--- @key 3 paused      list of job ids, written by BullMQ before version 6 only
--- @key 4 active      list of job ids, counted for the global concurrency
--- @key 5 prioritized sorted set of job ids
--- @key 6 pc          counter that orders jobs of one priority
--- @key 7 meta        queue settings
--- @key 8 marker      wake-up markers
--- @arg 1 call_id     names this call; a repetition answers as the first did and changes nothing
--- @arg 2 job_id
--- @arg 3 priority    0 = none, else 1 (most urgent) to 2097151
--- @arg 4 lifo        "1": before all others of its priority; empty: behind them
--- @returns 0 | -1 job missing
--- @include "includes/add_marker"
--- @include "includes/add_to_prioritized"
--- @include "includes/recall"
--- @include "includes/remember"
local base, wait, paused, active, prioritized = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local pc, meta, marker = KEYS[6], KEYS[7], KEYS[8]
local call_id, job_id, priority, is_lifo = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4] == "1"
local job = base .. job_id

if recall(base, call_id) then
  return 0
end
if redis.call("EXISTS", job) == 0 then
  return -1
end
redis.call("HSET", job, "priority", ARGV[3])
remember(base, call_id, 0)
local is_waiting = redis.call("ZREM", prioritized, job_id) == 1 or redis.call("LREM", wait, -1, job_id) == 1
  or redis.call("LREM", paused, -1, job_id) == 1
if not is_waiting then
  return 0
end
if priority == 0 then
  redis.call(is_lifo and "RPUSH" or "LPUSH", wait, job_id)
elseif is_lifo then
  redis.call("ZADD", prioritized, string.format("%.0f", priority * 4294967296), job_id)
else
  add_to_prioritized(prioritized, pc, priority, job_id)
end
add_marker(marker, meta, active)
return 0
