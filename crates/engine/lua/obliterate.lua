--- Delete a page of a paused queue: jobs of every state, then schedulers, then the queue's own keys.
--- @key 1 base     prefix of the queue's keys; job hashes are `base .. id`
--- @key 2 meta     queue settings; goes last, because it holds `paused`
--- @key 3 active   list of job ids
--- @key 4 repeat   sorted set of scheduler ids
--- @arg 1 call_id  names this call; a repetition after the last page answers as that did
--- @arg 2 force    "1": active jobs go too, their workers will miss their locks
--- @arg 3 count    jobs per call
--- @arg 4 now_ms
--- @returns 1 call again | 0 done | -1 not paused | -2 active jobs
--- @emits waiting | delayed for parents in other queues that waited for nothing else
--- @include "includes/delete_jobs"
--- @include "includes/discard_parent"
--- @include "includes/recall"
--- @include "includes/release_deduplication"
--- @include "includes/remember"
local base, meta, active, schedulers = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local call_id, is_forced, budget, now_ms = ARGV[1], ARGV[2] == "1", tonumber(ARGV[3]), tonumber(ARGV[4])

if recall(base, call_id) then
  return 0
end
if redis.call("HEXISTS", meta, "paused") == 0 then
  return -1
end
if not is_forced and redis.call("EXISTS", active) == 1 then
  return -2
end

local states = {
  { "active", true }, { "wait", true }, { "paused", true }, { "prioritized", false }, { "delayed", false },
  { "waiting-children", false }, { "completed", false }, { "failed", false },
}
for _, state in ipairs(states) do
  local key, is_list = base .. state[1], state[2]
  local ids = redis.call(is_list and "LRANGE" or "ZRANGE", key, 0, budget - 1)
  if #ids > 0 then
    if is_list then
      redis.call("LTRIM", key, #ids, -1)
    else
      redis.call("ZREMRANGEBYRANK", key, 0, #ids - 1)
    end
    local orphaned = {}
    for _, job_id in ipairs(ids) do
      local fields = redis.call("HMGET", base .. job_id, "deid", "parentKey")
      if fields[1] then
        release_deduplication(base, job_id, fields[1])
      end
      if fields[2] then
        orphaned[#orphaned + 1] = { base .. job_id, fields[2] }
      end
    end
    delete_jobs(base, ids)
    if state[1] == "active" then
      local locks = {}
      for i, job_id in ipairs(ids) do
        locks[i] = base .. job_id .. ":lock"
      end
      redis.call("DEL", unpack(locks))
    end
    for _, family in ipairs(orphaned) do
      discard_parent(base, family[1], family[2], now_ms)
    end
    budget = budget - #ids
    if budget <= 0 then
      return 1
    end
  end
end

local scheduler_ids = redis.call("ZRANGE", schedulers, 0, budget - 1)
if #scheduler_ids > 0 then
  local records = {}
  for i, scheduler_id in ipairs(scheduler_ids) do
    records[i] = schedulers .. ":" .. scheduler_id
  end
  redis.call("DEL", unpack(records))
  redis.call("ZREMRANGEBYRANK", schedulers, 0, #scheduler_ids - 1)
  if #scheduler_ids >= budget then
    return 1
  end
end

-- `limiter` stays: a rate limit that holds now outlives the jobs, and expires by itself.
local own_keys = {
  "id", "pc", "stalled", "stalled-check", "events", "marker", "repeat", "priority", "delay",
  "metrics:completed", "metrics:completed:data", "metrics:failed", "metrics:failed:data",
}
for i, suffix in ipairs(own_keys) do
  own_keys[i] = base .. suffix
end
redis.call("UNLINK", meta, unpack(own_keys))
remember(base, call_id, 0)
return 0
