--- Add jobs: to run at once, delayed, prioritised or at the front; under their own ids or the next numbers.
--- @key 1 base        prefix of the queue's keys; job hashes are `base .. id`
--- @key 2 id          counter of numeric ids
--- @key 3 meta        queue settings
--- @key 4 wait        list of job ids
--- @key 5 active      list of job ids, counted for the global concurrency
--- @key 6 prioritized sorted set of job ids
--- @key 7 pc          counter that orders jobs of one priority
--- @key 8 delayed     sorted set of job ids
--- @key 9 marker      wake-up markers
--- @key 10 events     stream
--- @arg 1 call_slot   names the caller's calls of which one is under way at a time
--- @arg 2 call_run    numbers them; a repetition answers as the first run did and adds nothing
--- @arg 3 count       number of jobs
--- @args jobs 5 name, data, opts, timestamp, place: empty for a job that runs at once under the next number, else
---   "delay,priority,lifo id" with lifo 1 or 0 and no id for the next number
--- @args extras 8 number of the job (only for jobs with one of these), parent_key or empty, parent (JSON text),
---   deduplication_id or empty, ttl_ms (0: none), then "1" or empty each: extends, replaces, keeps_last
--- @returns per job its id, or that of the job it is a duplicate of | -5 parent missing | -7 parent cannot be replaced
--- @emits added {jobId, name} | duplicated {jobId} | deduplicated {jobId, deduplicationId, deduplicatedJobId};
---   then waiting {jobId} | delayed {jobId, delay}; removed {jobId, prev} for a job that is replaced
--- @include_rarely "includes/delayed_score"
--- @include_rarely "includes/add_delayed_marker"
--- @include_rarely "includes/add_to_prioritized"
--- @include_rarely "includes/adopt_job"
--- @include_rarely "includes/claim_deduplication"
--- @include_rarely "includes/resume_parent"
local base, id, meta, wait, active = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local prioritized, pc, delayed, marker, events = KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10]
local call = base .. "call:" .. ARGV[1]
local run, count = ARGV[2], tonumber(ARGV[3])

local first = redis.call("INCRBY", id, ARGV[3]) - count + 1
local first_id = string.format("%.0f", first)
-- The answer is the run, a space, and the first of the numbers taken, or all ids packed: numbers do not tell those of linked jobs.
local run_prefix = run .. " "
local before = redis.call("SET", call, run_prefix .. first_id, "PX", "60000", "GET")
local is_new = true
if before and string.sub(before, 1, #run_prefix) == run_prefix then
  redis.call("SET", call, before, "PX", "60000")
  first_id = string.sub(before, #run_prefix + 1)
  first = tonumber(first_id)
  if not first then
    return cmsgpack.unpack(first_id)
  end
  is_new = false
end

local extras, refused = nil, 0
for at = 5 * count + 4, #ARGV, 8 do
  extras = extras or {}
  extras[tonumber(ARGV[at])] = {
    parent = ARGV[at + 1] ~= "" and ARGV[at + 1], link = ARGV[at + 2],
    id = ARGV[at + 3] ~= "" and ARGV[at + 3], ttl_ms = tonumber(ARGV[at + 4]),
    extends = ARGV[at + 5] == "1", replaces = ARGV[at + 6] == "1", keeps_last = ARGV[at + 7] == "1",
  }
end

-- `{ nil }` has room for the one job of most calls: to grow a table costs Redis several times what room from the start does.
local ids, custom, has_own_id = { nil }, nil, nil
for i = 1, count do
  local place = ARGV[5 * i + 3]
  local job_id = place ~= "" and string.match(place, " (.+)")
  if job_id then
    custom, has_own_id = custom or {}, has_own_id or {}
    custom[#custom + 1] = base .. job_id
    has_own_id[i] = true
  elseif i == 1 then
    job_id = first_id
  else
    job_id = string.format("%.0f", first + i - 1)
  end
  ids[i] = job_id
end
if not is_new then
  return ids
end

local any_taken = custom and redis.call("EXISTS", unpack(custom)) > 0
local settings = redis.call("HMGET", meta, "opts.maxLenEvents", "paused", "concurrency")
if not settings[1] then
  settings[1] = "10000"
  redis.call("HSET", meta, "opts.maxLenEvents", settings[1])
end

local added, to_wait, to_front = custom and {}, { nil }, nil
local is_runnable, is_delayed, is_untrimmed = false, false, true
for i = 1, count do
  local at = 5 * i - 1
  local job_id, has_custom_id = ids[i], has_own_id and has_own_id[i]
  local extra = extras and extras[i]
  if refused > 0 and not has_custom_id then
    job_id = string.format("%.0f", first + i - 1 - refused)
  end
  local is_there = has_custom_id and (added[job_id] or (any_taken and redis.call("EXISTS", base .. job_id) == 1))
  local answer, is_added = job_id, not is_there
  if extra and extra.parent and redis.call("EXISTS", extra.parent) == 0 then
    answer, is_added, refused = -5, false, refused + 1
  elseif extra and is_there then
    if extra.parent and not rare().adopt_job(base, job_id, extra.parent, extra.link) then
      answer = -7
    elseif extra.parent and redis.call("EXISTS", extra.parent .. ":dependencies") == 0 then
      rare().resume_parent(extra.parent, tonumber(ARGV[at + 3]))
    end
  elseif extra and extra.id then
    local job = { id = job_id, name = ARGV[at], data = ARGV[at + 1], opts = ARGV[at + 2] }
    local survivor, replaced = rare().claim_deduplication(base, job, extra)
    if survivor then
      answer, is_added = survivor, false
    elseif replaced and added then
      added[replaced] = nil
    end
  end
  ids[i] = answer
  if is_there and answer == job_id then
    redis.call("XADD", events, "*", "event", "duplicated", "jobId", job_id)
  elseif is_added then
    local name, delay, priority, lifo = ARGV[at], "0", "0", nil
    local is_placed = ARGV[at + 4] ~= ""
    if is_placed then
      delay, priority, lifo = string.match(ARGV[at + 4], "^([^,]+),([^,]+),(.)")
    end
    if has_custom_id then
      added[job_id] = true
    end
    redis.call("HSET", base .. job_id, "name", name, "data", ARGV[at + 1], "opts", ARGV[at + 2],
      "timestamp", ARGV[at + 3], "delay", delay, "priority", priority)
    if extra and extra.id then
      redis.call("HSET", base .. job_id, "deid", extra.id)
    end
    if extra and extra.parent then
      redis.call("HSET", base .. job_id, "parentKey", extra.parent, "parent", extra.link)
      redis.call("SADD", extra.parent .. ":dependencies", base .. job_id)
    end
    if is_untrimmed then
      redis.call("XADD", events, "MAXLEN", "~", settings[1], "*", "event", "added", "jobId", job_id, "name", name)
      is_untrimmed = false
    else
      redis.call("XADD", events, "*", "event", "added", "jobId", job_id, "name", name)
    end
    if is_placed and tonumber(delay) > 0 then
      local due_ms = tonumber(ARGV[at + 3]) + tonumber(delay)
      redis.call("ZADD", delayed, rare().delayed_score(delayed, due_ms), job_id)
      redis.call("XADD", events, "*", "event", "delayed", "jobId", job_id, "delay", string.format("%.0f", due_ms))
      is_delayed = true
    else
      if is_placed and tonumber(priority) > 0 then
        rare().add_to_prioritized(prioritized, pc, tonumber(priority), job_id)
      elseif lifo == "1" then
        to_front = to_front or {}
        to_front[#to_front + 1] = job_id
      else
        to_wait[#to_wait + 1] = job_id
      end
      redis.call("XADD", events, "*", "event", "waiting", "jobId", job_id)
      is_runnable = true
    end
  end
end

if #to_wait > 0 then
  redis.call("LPUSH", wait, unpack(to_wait))
end
if to_front then
  redis.call("RPUSH", wait, unpack(to_front))
end
local is_blocked = settings[2] or (settings[3] and redis.call("LLEN", active) >= tonumber(settings[3]))
if is_runnable and not is_blocked then
  redis.call("ZADD", marker, "0", "0")
end
if is_delayed then
  rare().add_delayed_marker(marker, delayed)
end
if is_untrimmed then
  redis.call("XTRIM", events, "MAXLEN", "~", settings[1])
end
if refused > 0 then
  redis.call("DECRBY", id, refused)
end
if extras then
  redis.call("SET", call, run_prefix .. cmsgpack.pack(ids), "PX", "60000")
end
return ids
