--- Drop a removed child from the children its parent waits for; a parent that waits for nothing else goes on.
--- Cost: constant. The parent may belong to another queue, which must then share the hash slot.
--- @include "includes/split_job_key"
--- @include "includes/add_to_prioritized"
--- @include "includes/add_delayed_marker"
--- @include "includes/add_marker"
--- @include "includes/max_events"
local function release_parent(job, parent, now_ms)
  if redis.call("SREM", parent .. ":dependencies", job) == 0 or redis.call("EXISTS", parent .. ":dependencies") == 1 then
    return
  end
  local base, parent_id = split_job_key(parent)
  if not base or redis.call("ZREM", base .. "waiting-children", parent_id) == 0 then
    return
  end
  local meta, marker, events, delayed = base .. "meta", base .. "marker", base .. "events", base .. "delayed"
  local fields = redis.call("HMGET", parent, "priority", "delay")
  local priority, delay = tonumber(fields[1]) or 0, tonumber(fields[2]) or 0
  if delay > 0 then
    local due_ms = string.format("%.0f", now_ms + delay)
    redis.call("ZADD", delayed, string.format("%.0f", (now_ms + delay) * 4096), parent_id)
    redis.call("XADD", events, "MAXLEN", "~", max_events(meta), "*", "event", "delayed", "jobId", parent_id, "delay", due_ms)
    add_delayed_marker(marker, delayed)
    return
  end
  if priority > 0 then
    add_to_prioritized(base .. "prioritized", base .. "pc", priority, parent_id)
  else
    redis.call("RPUSH", base .. "wait", parent_id)
  end
  redis.call("XADD", events, "MAXLEN", "~", max_events(meta), "*", "event", "waiting", "jobId", parent_id,
    "prev", "waiting-children")
  add_marker(marker, meta, base .. "active")
end
