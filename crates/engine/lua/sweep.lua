--- Remove a page of jobs of one state, oldest first; spare jobs a worker owns and the next iterations of schedulers.
--- @key 1 base     prefix of the queue's keys; job hashes are `base .. id`
--- @key 2 meta     queue settings
--- @key 3 events   stream
--- @arg 1 call_id  names this call; a repetition answers as the first did and removes nothing
--- @arg 2 state    name of the state's key: wait, paused, active, prioritized, delayed, completed or failed
--- @arg 3 offset   jobs at the old end that earlier calls have spared
--- @arg 4 count    jobs looked at per call; 0 to announce only
--- @arg 5 max_ms   only jobs that finished (or else were taken, or else added) up to this time; empty for all
--- @arg 6 now_ms
--- @arg 7 before   jobs that earlier calls have removed
--- @arg 8 limit    jobs to remove in all, 0 for no limit
--- @arg 9 announce "1": the last call publishes how many jobs were removed in all; empty: it does not
--- @returns {1 call again | 0 done, jobs spared by this call, removed ids}
--- @emits cleaned {count} with the last call; waiting | delayed for a parent in another queue that waited for nothing else
--- @include "includes/delete_jobs"
--- @include "includes/discard_parent"
--- @include "includes/is_pending_of_scheduler"
--- @include "includes/max_events"
--- @include "includes/recall"
--- @include "includes/release_deduplication"
--- @include "includes/remember"
local base, meta, events = KEYS[1], KEYS[2], KEYS[3]
local call_id, state, offset, count = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local max_ms, now_ms, before, limit = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local announces = ARGV[9] == "1"
local key = base .. state
local is_list = state == "wait" or state == "paused" or state == "active"
local is_finished = state == "completed" or state == "failed"

local answered = recall(base, call_id)
if answered then
  return cmsgpack.unpack(answered)
end

local page
if count == 0 or (limit > 0 and before >= limit) then
  page = {}
elseif is_list then
  page = redis.call("LRANGE", key, -(offset + count), -(offset + 1))
elseif is_finished and max_ms then
  page = redis.call("ZRANGEBYSCORE", key, "-inf", ARGV[5], "LIMIT", offset, count)
else
  page = redis.call("ZRANGE", key, offset, offset + count - 1)
end

-- What decides over a finished job is its place alone; a completed one has left its parent's dependencies.
local wanted = { "deid", "parentKey", "rjk", "processedOn", "timestamp" }
if is_finished then
  wanted = state == "failed" and { "deid", "parentKey" } or { "deid" }
end
local removed, positions, orphaned = {}, {}, {}
for i = 1, #page do
  local position = is_list and #page + 1 - i or i
  local job_id = page[position]
  local job = base .. job_id
  local fields = redis.call("HMGET", job, unpack(wanted))
  local is_recent = max_ms and not is_finished and (tonumber(fields[4] or fields[5]) or 0) > max_ms
  local is_spared = is_recent or (state == "active" and redis.call("EXISTS", job .. ":lock") == 1)
    or (not is_finished and is_pending_of_scheduler(base, job_id, fields[3]))
  if not is_spared then
    removed[#removed + 1] = job_id
    positions[#removed] = position
    if fields[1] then
      release_deduplication(base, job_id, fields[1])
    end
    if fields[2] then
      orphaned[#orphaned + 1] = { job, fields[2] }
    end
  end
end
if #removed > 0 then
  local is_whole = #removed == #page
  if is_whole and is_list and offset == 0 then
    redis.call("LTRIM", key, 0, -(#page + 1))
  elseif is_list then
    -- An empty id marks the entry, so that one LREM takes all of them, however long the list is beyond this page.
    for _, position in ipairs(positions) do
      redis.call("LSET", key, position - 1 - #page - offset, "")
    end
    redis.call("LREM", key, -#removed, "")
  elseif is_whole then
    redis.call("ZREMRANGEBYRANK", key, offset, offset + #page - 1)
  else
    redis.call("ZREM", key, unpack(removed))
  end
  delete_jobs(base, removed)
end
for _, family in ipairs(orphaned) do
  discard_parent(base, family[1], family[2], now_ms)
end

local total = before + #removed
local is_done = #page < count or count == 0 or (limit > 0 and total >= limit)
if is_done and announces then
  redis.call("XADD", events, "MAXLEN", "~", max_events(meta), "*", "event", "cleaned", "count", total)
end
local answer = { is_done and 0 or 1, #page - #removed, removed }
if #removed > 0 then
  remember(base, call_id, cmsgpack.pack(answer))
end
return answer
