--- Free the deduplication id of a job that ends, or hand it to the job that was kept to follow.
--- Returns "wait" or "delayed", where the kept job went, or nil. An id with a time to live of its own stays until it is over.
--- @include "includes/delayed_score"
--- @include "includes/add_to_prioritized"
local function pass_on_deduplication(base, job_id, deduplication_id, now_ms)
  local holder, kept_key, events = base .. "de:" .. deduplication_id, base .. "dn:" .. deduplication_id, base .. "events"
  local kept = redis.call("HMGET", kept_key, "jid", "name", "data", "opts", "pk", "pd", "pdk", "rjk")
  local next_id = kept[1]
  if next_id then
    redis.call("DEL", kept_key)
    redis.call("INCR", base .. "id")
    if redis.call("EXISTS", base .. next_id) == 1 then
      redis.call("XADD", events, "*", "event", "duplicated", "jobId", next_id)
      next_id = false
    end
  end
  if not next_id then
    if redis.call("GET", holder) == job_id and redis.call("PTTL", holder) == -1 then
      redis.call("DEL", holder)
    end
    return nil
  end

  local is_read, opts = pcall(cjson.decode, kept[4])
  opts = is_read and type(opts) == "table" and opts or {}
  local delay, priority = tonumber(opts.delay) or 0, tonumber(opts.priority) or 0
  local job = base .. next_id
  redis.call("SET", holder, next_id)
  redis.call("HSET", job, "name", kept[2], "data", kept[3], "opts", kept[4], "timestamp", string.format("%.0f", now_ms),
    "delay", string.format("%.0f", delay), "priority", string.format("%.0f", priority), "deid", deduplication_id)
  if kept[5] then
    redis.call("HSET", job, "parentKey", kept[5], "parent", kept[6] or "{}")
    redis.call("SADD", kept[7] or kept[5] .. ":dependencies", job)
  end
  if kept[8] then
    redis.call("HSET", job, "rjk", kept[8])
  end
  redis.call("XADD", events, "*", "event", "added", "jobId", next_id, "name", kept[2])
  if delay > 0 then
    local due_ms = now_ms + delay
    redis.call("ZADD", base .. "delayed", delayed_score(base .. "delayed", due_ms), next_id)
    redis.call("XADD", events, "*", "event", "delayed", "jobId", next_id, "delay", string.format("%.0f", due_ms))
    return "delayed"
  end
  if priority > 0 then
    add_to_prioritized(base .. "prioritized", base .. "pc", priority, next_id)
  else
    redis.call(opts.lifo == true and "RPUSH" or "LPUSH", base .. "wait", next_id)
  end
  redis.call("XADD", events, "*", "event", "waiting", "jobId", next_id)
  return "wait"
end
