--- Add jobs of flows, parents before their children, to several queues of one hash slot.
--- A flow too large for one call comes in several: first the hashes of its parents, held ahead of their time for children to find,
--- then its leaves, then its parents from the bottom up, the root last. A producer that dies in between leaves children that run
--- for nobody, and held hashes that expire; no parent waits for what was never added, and none runs before all was.
--- Cost: about seven commands per job.
--- @key 1 base       prefix of the keys of the first job's queue; the others' are arguments
--- @arg 1 call_id    names this call; a repetition answers as the first did and adds nothing
--- @arg 2 now_ms
--- @arg 3 flow_id    names a flow that comes in several calls; empty for flows that are complete
--- @arg 4 hold_ms    how long hashes live that are held ahead
--- @arg 5 queues     number of queues
--- @arg 6 count      number of jobs
--- @args bases 1     prefix of the keys of each queue
--- @args jobs 12     number of its queue, role ("leaf", "parent" or "held"), id, name, data, opts, timestamp, delay, priority,
---   lifo ("1" or empty), parent_key or empty, parent (JSON text)
--- @args extras 6    number of the job (only for leaves with a deduplication), deduplication_id, ttl_ms (0: none), then "1" or empty
---   each: extends, replaces, keeps_last
--- @returns per job its id, or that of the job it is a duplicate of | -5 parent missing | -7 parent cannot be replaced
--- @emits added {jobId, name} | duplicated {jobId} | deduplicated {jobId, deduplicationId, deduplicatedJobId};
---   then waiting {jobId} | delayed {jobId, delay} | waiting-children {jobId}; removed {jobId, prev} for a job that is replaced;
---   waiting | delayed for a parent that has nothing to wait for
--- @include "includes/add_delayed_marker"
--- @include "includes/add_to_prioritized"
--- @include "includes/adopt_job"
--- @include "includes/claim_deduplication"
--- @include "includes/delayed_score"
--- @include "includes/parent_may_go_on"
--- @include "includes/place_held_job"
--- @include "includes/recall"
--- @include "includes/remember"
--- @include "includes/resume_parent"
--- @include "includes/store_job"
local base, call_id, now_ms, flow_id, hold_ms = KEYS[1], ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
local queue_count, count = tonumber(ARGV[5]), tonumber(ARGV[6])
local first_job = 7 + queue_count

local answered = recall(base, call_id)
if answered then
  return cjson.decode(answered)
end

local queues = {}
for i = 1, queue_count do
  local prefix = ARGV[6 + i]
  local settings = redis.call("HMGET", prefix .. "meta", "opts.maxLenEvents", "paused", "concurrency")
  if not settings[1] then
    settings[1] = "10000"
    redis.call("HSET", prefix .. "meta", "opts.maxLenEvents", settings[1])
  end
  queues[i] = {
    base = prefix, events = prefix .. "events", event_limit = settings[1], is_paused = settings[2], concurrency = settings[3],
    numbers = 0, to_wait = {}, to_front = {},
  }
end
local deduplications = {}
for at = first_job + 12 * count, #ARGV, 6 do
  deduplications[tonumber(ARGV[at])] = {
    id = ARGV[at + 1], ttl_ms = tonumber(ARGV[at + 2]),
    extends = ARGV[at + 3] == "1", replaces = ARGV[at + 4] == "1", keeps_last = ARGV[at + 5] == "1",
  }
end

local function announce(queue, event, job_id, field, value)
  if field then
    redis.call("XADD", queue.events, "*", "event", event, "jobId", job_id, field, value)
  else
    redis.call("XADD", queue.events, "*", "event", event, "jobId", job_id)
  end
end

-- A held parent and the set of its children live and die together, until the parent is placed.
local is_held = {}
local function register(parent, job)
  redis.call("SADD", parent .. ":dependencies", job)
  if flow_id ~= "" then
    if is_held[parent] == nil then
      is_held[parent] = redis.call("HGET", parent, "held") == flow_id
    end
    if is_held[parent] then
      redis.call("PEXPIRE", parent .. ":dependencies", hold_ms)
    end
  end
end

local function enqueue(queue, job_id, job)
  local delay, priority = tonumber(job.delay), tonumber(job.priority)
  if delay > 0 then
    local due_ms = tonumber(job.timestamp) + delay
    redis.call("ZADD", queue.base .. "delayed", delayed_score(queue.base .. "delayed", due_ms), job_id)
    announce(queue, "delayed", job_id, "delay", string.format("%.0f", due_ms))
    queue.is_delayed = true
    return
  end
  if priority > 0 then
    add_to_prioritized(queue.base .. "prioritized", queue.base .. "pc", priority, job_id)
  else
    local joining = job.lifo and queue.to_front or queue.to_wait
    joining[#joining + 1] = job_id
  end
  announce(queue, "waiting", job_id)
  queue.is_runnable = true
end

local answers, placed = {}, {}
for i = 1, count do
  local at = first_job + 12 * (i - 1)
  local queue, role, job_id = queues[tonumber(ARGV[at])], ARGV[at + 1], ARGV[at + 2]
  local key = queue.base .. job_id
  local job = {
    id = job_id, name = ARGV[at + 3], data = ARGV[at + 4], opts = ARGV[at + 5], timestamp = ARGV[at + 6],
    delay = ARGV[at + 7], priority = ARGV[at + 8], lifo = ARGV[at + 9] == "1",
    parent = ARGV[at + 10] ~= "" and ARGV[at + 10], link = ARGV[at + 11],
  }
  local was_held = role == "parent" and place_held_job(key, flow_id)
  local is_there = not was_held and redis.call("EXISTS", key) == 1
  local answer, is_new = job_id, not is_there
  if job.parent and redis.call("EXISTS", job.parent) == 0 then
    answer, is_new = -5, false
  elseif is_there and role ~= "held" then
    if job.parent and not adopt_job(queue.base, job_id, job.parent, job.link) then
      answer = -7
    else
      announce(queue, "duplicated", job_id)
    end
  elseif deduplications[i] then
    local survivor = claim_deduplication(queue.base, job, deduplications[i])
    answer, is_new = survivor or job_id, not survivor
  end

  if answer ~= -5 and role ~= "held" then
    queue.numbers = queue.numbers + 1
  end
  if is_new and role == "held" then
    store_job(key, job)
    redis.call("HSET", key, "held", flow_id)
    redis.call("PEXPIRE", key, hold_ms)
  elseif is_new then
    if not was_held then
      store_job(key, job)
    end
    if deduplications[i] then
      redis.call("HSET", key, "deid", deduplications[i].id)
    end
    if job.parent then
      register(job.parent, key)
    end
    announce(queue, "added", job_id, "name", job.name)
    if role == "parent" then
      redis.call("ZADD", queue.base .. "waiting-children", job.timestamp, job_id)
      announce(queue, "waiting-children", job_id)
      placed[#placed + 1] = key
    else
      enqueue(queue, job_id, job)
    end
  end
  answers[i] = answer
end

for _, queue in ipairs(queues) do
  if queue.numbers > 0 then
    redis.call("INCRBY", queue.base .. "id", queue.numbers)
  end
  if #queue.to_wait > 0 then
    redis.call("LPUSH", queue.base .. "wait", unpack(queue.to_wait))
  end
  if #queue.to_front > 0 then
    redis.call("RPUSH", queue.base .. "wait", unpack(queue.to_front))
  end
  local is_blocked = queue.is_paused
    or (queue.concurrency and redis.call("LLEN", queue.base .. "active") >= tonumber(queue.concurrency))
  if queue.is_runnable and not is_blocked then
    redis.call("ZADD", queue.base .. "marker", 0, "0")
  end
  if queue.is_delayed then
    add_delayed_marker(queue.base .. "marker", queue.base .. "delayed")
  end
end
for _, parent in ipairs(placed) do
  if parent_may_go_on(parent) then
    resume_parent(parent, now_ms)
  end
end
for _, queue in ipairs(queues) do
  redis.call("XTRIM", queue.events, "MAXLEN", "~", queue.event_limit)
end
remember(base, call_id, cjson.encode(answers))
return answers
