--- Finish jobs, each with its own result code, and fetch the next ones in the same call.
--- @key 1 base        prefix of the queue's keys; job hashes are `base .. id`
--- @key 2 wait        list of job ids
--- @key 3 active      list of job ids
--- @key 4 prioritized sorted set of job ids
--- @key 5 pc          counter that orders jobs of one priority
--- @key 6 delayed     sorted set of job ids
--- @key 7 completed   sorted set of job ids, score = finish time, ms since epoch
--- @key 8 failed      sorted set of job ids, score = finish time, ms since epoch
--- @key 9 stalled     set of job ids under suspicion
--- @key 10 limiter    jobs started in the current rate window
--- @key 11 meta       queue settings
--- @key 12 marker     wake-up markers
--- @key 13 events     stream
--- @arg 1 call_slot   names the caller's calls of which one is under way at a time
--- @arg 2 call_run    numbers them; a repetition answers as the first run did and changes nothing
--- @arg 3 now_ms
--- @arg 4 finish_count
--- @arg 5 fetch_count
--- @arg 6 lock_ms     how long the locks of fetched jobs live; 0 if a fetch of its own follows at once, empty for none
--- @arg 7 worker_name or empty
--- @arg 8 limiter     "max,window_ms", the window may be empty; empty for none
--- @arg 9 metrics_max minutes of metrics to keep, or empty for no metrics
--- @arg 10 owes_marker "1" if the worker has taken a wake-up marker, which it leaves to others while there are jobs; or empty
--- @args finishes 5 kind, job_id, token, value, details by kind:
---   "completed": rule of retention, which is empty to keep all, "0" to keep none, else "age_s,count,age_limit" with age_s and
---   count empty where they do not limit; "failed": "rule attempts stacktrace"; "retry": "lifo stacktrace" with lifo 1 or 0;
---   "delay": "due_ms delay_ms", then " stacktrace" if an attempt was made; "release": empty
--- @args tokens 1 lock token of each job to fetch
--- @args parts 2 number of the finish (only for runs with some), fields and values of the hash that name the run's last finished
---   parts, JSON array
--- @returns {codes, jobs, limit_ttl_ms, next_due_ms, drained, repeated}; a code is the attempts made, or -1 job missing,
---   -2 lock missing, -3 not active, -4 pending dependencies, -6 lock owned by another worker, -9 failed children; a job is
---   {id, hash}, the hash as it was before this fetch, or as it is now when the call is a repetition
--- @emits completed | failed | retries-exhausted | waiting | delayed {jobId, ...} per job; drained; active {jobId, prev};
---   waiting | delayed for a parent that goes on; added, then waiting | delayed, for a job that was kept to follow another
--- @include_rarely "includes/delayed_score"
--- @include_rarely "includes/add_delayed_marker"
--- @include_rarely "includes/add_to_prioritized"
--- @include_rarely "includes/move_due"
--- @include_rarely "includes/promote_due"
--- @include_rarely "includes/delete_jobs"
--- @include_rarely "includes/retire_finished"
--- @include_rarely "includes/complete_child"
--- @include_rarely "includes/fail_child"
--- @include_rarely "includes/release_parent"
--- @include_rarely "includes/pass_on_deduplication"
--- @include_rarely "includes/count_in_metrics"
local base, wait, active, prioritized, pc, delayed = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local completed, failed, stalled, limiter = KEYS[7], KEYS[8], KEYS[9], KEYS[10]
local meta, marker, events = KEYS[11], KEYS[12], KEYS[13]
local call, now, now_ms = base .. "call:" .. ARGV[1], ARGV[3], tonumber(ARGV[3])
local finish_count, fetch_count = tonumber(ARGV[4]), tonumber(ARGV[5])

-- `{ nil }` has room for the one job of the smallest calls: to grow a table costs Redis several times what room from the start does.
-- One read for what an earlier run of this call answered and for all locks; one for what is seldom there.
local guarded, seldom = { call, nil }, { delayed, stalled, nil, nil }
for i = 1, finish_count do
  local at = 5 * i + 6
  local job = base .. ARGV[at + 1]
  guarded[i + 1] = job .. ":lock"
  if ARGV[at] == "completed" then
    seldom[#seldom + 1] = job .. ":dependencies"
    seldom[#seldom + 1] = job .. ":unsuccessful"
  end
end
local held = redis.call("MGET", unpack(guarded))
local run_prefix = ARGV[2] .. " "
if held[1] and string.sub(held[1], 1, #run_prefix) == run_prefix then
  local codes, ids = cmsgpack.unpack(string.sub(held[1], #run_prefix + 1))
  local jobs = {}
  for i, job_id in ipairs(ids) do
    jobs[i] = { job_id, redis.call("HGETALL", base .. job_id) }
  end
  return { codes, jobs, 0, 0, 0, 1 }
end
local present = redis.call("EXISTS", unpack(seldom))
local has_delayed = present > 0 and redis.call("EXISTS", delayed) == 1
local has_stalled = present > 0 and redis.call("EXISTS", stalled) == 1
local any_forbidden = present > (has_delayed and 1 or 0) + (has_stalled and 1 or 0)

local last_parts
for at = 5 * finish_count + fetch_count + 11, #ARGV, 2 do
  last_parts = last_parts or {}
  last_parts[tonumber(ARGV[at])] = ARGV[at + 1]
end

local codes, released, locks = { nil }, { nil }, { nil }
local completed_entries, failed_entries, retentions, discarded
local completed_count, failed_count, is_requeued, is_delayed = 0, 0, false, false
for i = 1, finish_count do
  local at = 5 * i + 6
  local kind, job_id, token, value, details = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4]
  local job = base .. job_id
  if kind == "retry" then
    -- Jobs that are due by now wait before this one does, and even if it may not.
    rare().promote_due(base, delayed, wait, prioritized, pc, events, now_ms)
  end
  local fields
  if kind == "completed" then
    fields = redis.call("HMGET", job, "name", "atm", "deid", "parentKey")
  else
    fields = redis.call("HMGET", job, "name", "atm", "deid", "parentKey", "parent", "priority", "defa")
  end
  if last_parts and last_parts[i] and fields[1] then
    -- What is done is done, whoever owns the job by now.
    redis.call("HSET", job, unpack(cjson.decode(last_parts[i])))
  end
  local code
  if not fields[1] then
    code = -1
  elseif not held[i + 1] then
    code = -2
  elseif held[i + 1] ~= token then
    code = -6
  elseif any_forbidden and kind == "completed" and redis.call("EXISTS", job .. ":dependencies") == 1 then
    code = -4
  elseif any_forbidden and kind == "completed" and redis.call("EXISTS", job .. ":unsuccessful") == 1 then
    code = -9
  elseif redis.call("LREM", active, -1, job_id) == 0 then
    code = -3
  else
    local attempts_made = tonumber(fields[2]) or 0
    released[#released + 1] = job_id
    locks[#locks + 1] = guarded[i + 1]
    if kind == "completed" or kind == "failed" then
      attempts_made = attempts_made + 1
      local is_completed = kind == "completed"
      local rule, attempts, stacktrace = details, nil, nil
      if not is_completed then
        rule, attempts, stacktrace = string.match(details, "^(%S*) (%S+) (.*)$")
      end
      if fields[3] then
        local followed_in = rare().pass_on_deduplication(base, job_id, fields[3], now_ms)
        is_requeued = is_requeued or followed_in == "wait"
        is_delayed = is_delayed or followed_in == "delayed"
      end
      if fields[4] and is_completed then
        rare().complete_child(job, fields[4], value, now_ms)
      elseif fields[4] then
        rare().fail_child(job, fields[4], fields[5], value, now_ms)
        if rule == "0" then
          rare().release_parent(job, fields[4], now_ms)
        end
        any_forbidden = true -- Its parent may stand further down in this very call.
      end
      if rule == "0" then
        discarded = discarded or {}
        discarded[#discarded + 1] = job_id
      else
        if is_completed then
          completed_entries = completed_entries or { nil, nil }
          completed_entries[#completed_entries + 1] = now
          completed_entries[#completed_entries + 1] = job_id
          redis.call("HSET", job, "returnvalue", value, "finishedOn", now, "atm", string.format("%d", attempts_made))
        else
          failed_entries = failed_entries or { nil, nil }
          failed_entries[#failed_entries + 1] = now
          failed_entries[#failed_entries + 1] = job_id
          redis.call("HSET", job, "failedReason", value, "stacktrace", stacktrace, "finishedOn", now, "atm", attempts_made)
          if fields[7] then
            redis.call("HDEL", job, "defa")
          end
        end
        if rule ~= "" then
          local finished = is_completed and completed or failed
          retentions = retentions or {}
          retentions[finished .. rule] = { finished, rule }
        end
      end
      if is_completed then
        completed_count = completed_count + 1
        redis.call("XADD", events, "*", "event", "completed", "jobId", job_id, "returnvalue", value, "prev", "active")
      else
        failed_count = failed_count + 1
        redis.call("XADD", events, "*", "event", "failed", "jobId", job_id, "failedReason", value, "prev", "active")
        if attempts_made >= tonumber(attempts) then
          redis.call("XADD", events, "*", "event", "retries-exhausted", "jobId", job_id, "attemptsMade", attempts_made)
        end
      end
    elseif kind == "delay" then
      local due_ms, delay_ms, failure = string.match(details, "^(%S+) (%S+)(.*)$")
      if failure ~= "" then
        attempts_made = attempts_made + 1
        redis.call("HSET", job, "delay", delay_ms, "atm", attempts_made, "failedReason", value, "stacktrace", string.sub(failure, 2))
      else
        redis.call("HSET", job, "delay", delay_ms)
      end
      redis.call("ZADD", delayed, rare().delayed_score(delayed, tonumber(due_ms)), job_id)
      redis.call("XADD", events, "*", "event", "delayed", "jobId", job_id, "delay", due_ms)
      is_delayed = true
    else
      local is_retry, priority = kind == "retry", tonumber(fields[6]) or 0
      if is_retry then
        attempts_made = attempts_made + 1
        redis.call("HSET", job, "atm", attempts_made, "failedReason", value, "stacktrace", string.sub(details, 3))
      end
      if priority > 0 and is_retry then
        rare().add_to_prioritized(prioritized, pc, priority, job_id)
      elseif priority > 0 then
        redis.call("ZADD", prioritized, string.format("%.0f", priority * 4294967296), job_id)
      elseif is_retry and string.sub(details, 1, 1) == "0" then
        redis.call("LPUSH", wait, job_id)
      else
        redis.call("RPUSH", wait, job_id)
      end
      redis.call("XADD", events, "*", "event", "waiting", "jobId", job_id, "prev", "active")
      is_requeued = true
    end
    code = attempts_made
  end
  codes[i] = code
end
if #released > 0 then
  redis.call("DEL", unpack(locks))
  if has_stalled then
    redis.call("SREM", stalled, unpack(released))
  end
end
if completed_entries then
  redis.call("ZADD", completed, unpack(completed_entries))
end
if failed_entries then
  redis.call("ZADD", failed, unpack(failed_entries))
end
if discarded then
  rare().delete_jobs(base, discarded)
end
for _, retention in pairs(retentions or {}) do
  local age_s, count, age_limit = string.match(retention[2], "^([^,]*),([^,]*),(.*)$")
  rare().retire_finished(base, retention[1], now_ms, age_s, count, age_limit)
end
if ARGV[9] ~= "" then
  rare().count_in_metrics(base .. "metrics:completed", completed_count, tonumber(ARGV[9]), now_ms)
  rare().count_in_metrics(base .. "metrics:failed", failed_count, tonumber(ARGV[9]), now_ms)
end

local settings = redis.call("HMGET", meta, "opts.maxLenEvents", "paused", "concurrency", "max", "duration")
local kept_events = settings[1] or "10000"
local allowed, limit_ttl, next_due, ids, jobs = fetch_count, 0, 0, { nil }, { nil }
local wants_more = ARGV[6] ~= ""
local own_max, own_window_ms = nil, ""
if ARGV[8] ~= "" then
  own_max, own_window_ms = string.match(ARGV[8], "^(%d+),(%d*)$")
end
if fetch_count > 0 then
  if has_delayed or is_delayed then
    local due = redis.call("ZRANGEBYSCORE", delayed, "-inf", "(" .. string.format("%.0f", (now_ms + 1) * 4096), "LIMIT", 0, 250)
    if #due > 0 then
      rare().move_due(base, due, delayed, wait, prioritized, pc, events)
    end
  end
  local max = tonumber(settings[4] or own_max)
  if max then
    local started = tonumber(redis.call("GET", limiter)) or 0
    if started >= max then
      limit_ttl = redis.call("PTTL", limiter)
      if limit_ttl > 0 then
        allowed = 0
      else
        redis.call("DEL", limiter)
        limit_ttl, started = 0, 0
      end
    end
    allowed = math.min(allowed, max - started)
  end
  if settings[2] then
    allowed = 0
  end
end
local running_limit = tonumber(settings[3])
if running_limit then
  allowed = math.min(allowed, running_limit - redis.call("LLEN", active))
end

local is_moved = false
if allowed == 1 then
  ids[1] = redis.call("RPOPLPUSH", wait, active) or nil
  is_moved = #ids > 0
elseif allowed > 0 then
  ids = redis.call("RPOP", wait, allowed) or {}
end
if allowed > 0 then
  if #ids < allowed then
    local by_priority = redis.call("ZPOPMIN", prioritized, allowed - #ids)
    if #by_priority == 0 then
      redis.call("DEL", pc)
    end
    for i = 1, #by_priority, 2 do
      ids[#ids + 1] = by_priority[i]
    end
  end
end
local taken = { nil }
if #ids > 0 then
  if not is_moved then
    redis.call("LPUSH", active, unpack(ids))
  end
  local limiter_ms = own_window_ms ~= "" and own_window_ms or settings[5]
  if limiter_ms and redis.call("INCRBY", limiter, #ids) == #ids then
    redis.call("PEXPIRE", limiter, limiter_ms)
  end
  local first_token = 5 * finish_count + 11
  for _, job_id in ipairs(ids) do
    local job = base .. job_id
    local hash = redis.call("HGETALL", job)
    if #hash == 0 then
      redis.call("LREM", active, 1, job_id)
    else
      local attempts_started = 0
      for i = #hash - 1, 1, -2 do
        if hash[i] == "ats" then
          attempts_started = hash[i + 1]
          break
        end
      end
      redis.call("SET", job .. ":lock", ARGV[first_token + #taken], "PX", ARGV[6])
      if #taken == 0 then
        redis.call("XADD", events, "MAXLEN", "~", kept_events, "*", "event", "active", "jobId", job_id, "prev", "waiting")
      else
        redis.call("XADD", events, "*", "event", "active", "jobId", job_id, "prev", "waiting")
      end
      if ARGV[7] == "" then
        redis.call("HSET", job, "processedOn", now, "ats", string.format("%d", attempts_started + 1))
      else
        redis.call("HSET", job, "processedOn", now, "ats", string.format("%d", attempts_started + 1), "pb", ARGV[7])
      end
      taken[#taken + 1] = job_id
      jobs[#jobs + 1] = { job_id, hash }
    end
  end
end

-- A worker that was woken and took all it was allowed wakes the next one; one that found less has emptied the queue.
local may_wake_others = (ARGV[10] == "1" and #ids > 0 and #ids == allowed) or is_requeued or (running_limit and #released > 0)
local is_blocked = settings[2] or (running_limit and redis.call("LLEN", active) >= running_limit)
if may_wake_others and not is_blocked and (redis.call("LLEN", wait) > 0 or redis.call("ZCARD", prioritized) > 0) then
  redis.call("ZADD", marker, "0", "0")
end
if is_delayed then
  rare().add_delayed_marker(marker, delayed)
end
-- A worker that got less than it asked for goes to wait, until then at most.
if #taken < fetch_count or (fetch_count == 0 and wants_more) then
  local next_job = redis.call("ZRANGE", delayed, 0, 0, "WITHSCORES")
  if #next_job > 0 then
    next_due = math.floor(tonumber(next_job[2]) / 4096)
  end
end
local drained = 0
if #taken == 0 then
  drained = (fetch_count > 0 and allowed > 0) and 1 or 0
  -- A fetch that must wait for the rate window, a delayed job or the end of a pause does not call the queue drained.
  local may_be_drained = limit_ttl == 0 and next_due == 0 and not (settings[2] and wants_more)
  if completed_count + failed_count > 0 and may_be_drained and redis.call("LLEN", wait) == 0
    and redis.call("LLEN", active) == 0 and redis.call("ZCARD", prioritized) == 0 then
    redis.call("XADD", events, "*", "event", "drained")
  end
end
if #taken == 0 and #released > 0 then
  redis.call("XTRIM", events, "MAXLEN", "~", kept_events)
end
if #released > 0 or #taken > 0 then
  redis.call("SET", call, run_prefix .. cmsgpack.pack(codes, taken), "PX", "60000")
end
return { codes, jobs, limit_ttl, next_due, drained, 0 }
