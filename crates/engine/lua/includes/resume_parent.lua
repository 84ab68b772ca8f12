--- Let a parent go on that waits for children: now, or after its delay. In any other state it is left alone.
--- Cost: constant. The parent may belong to another queue, which must then share the hash slot.
--- @include "includes/split_job_key"
--- @include "includes/requeue_parent"
--- @include "includes/add_delayed_marker"
--- @include "includes/max_events"
local function resume_parent(parent, now_ms)
  local base, parent_id = split_job_key(parent)
  if not base or redis.call("ZREM", base .. "waiting-children", parent_id) == 0 then
    return
  end
  local fields = redis.call("HMGET", parent, "priority", "delay")
  local delay = tonumber(fields[2]) or 0
  if delay <= 0 then
    requeue_parent(base, parent_id, tonumber(fields[1]) or 0)
    return
  end
  local delayed, due_ms = base .. "delayed", now_ms + delay
  redis.call("ZADD", delayed, string.format("%.0f", due_ms * 4096), parent_id)
  redis.call("XADD", base .. "events", "MAXLEN", "~", max_events(base .. "meta"), "*", "event", "delayed",
    "jobId", parent_id, "delay", string.format("%.0f", due_ms))
  add_delayed_marker(base .. "marker", delayed)
end
