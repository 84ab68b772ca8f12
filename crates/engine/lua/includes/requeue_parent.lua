--- Let a parent run next: before all others, or by its priority.
--- @include "includes/add_to_prioritized"
--- @include "includes/add_marker"
--- @include "includes/max_events"
local function requeue_parent(base, parent_id, priority)
  if priority > 0 then
    add_to_prioritized(base .. "prioritized", base .. "pc", priority, parent_id)
  else
    redis.call("RPUSH", base .. "wait", parent_id)
  end
  redis.call("XADD", base .. "events", "MAXLEN", "~", max_events(base .. "meta"), "*", "event", "waiting",
    "jobId", parent_id, "prev", "waiting-children")
  add_marker(base .. "marker", base .. "meta", base .. "active")
end
