--- Add the job of one run of a schedule and make it the scheduler's pending one.
--- @param iteration {scheduler_id, slot, name, data, opts (JSON text without its last brace), id_head (JSON text of the id up to
---   the slot), is_pattern, priority, is_lifo, deduplication_id or empty}
--- @include "includes/add_delayed_marker"
--- @include "includes/add_marker"
--- @include "includes/add_to_prioritized"
--- @include "includes/delayed_score"
--- @include "includes/iteration_id"
local function add_iteration(base, iteration, now_ms)
  local events, marker = base .. "events", base .. "marker"
  local slot, delay = string.format("%.0f", iteration.slot), math.max(iteration.slot - now_ms, 0)
  local job_id, delay_ms = iteration_id(iteration.scheduler_id, iteration.slot), string.format("%.0f", delay)
  local opts = iteration.opts .. ',"jobId":' .. iteration.id_head .. slot .. '","delay":' .. delay_ms
  if iteration.is_pattern then
    opts = opts .. ',"prevMillis":' .. slot
  end
  redis.call("INCR", base .. "id")
  redis.call("ZADD", base .. "repeat", slot, iteration.scheduler_id)
  redis.call("HSET", base .. job_id, "name", iteration.name, "data", iteration.data, "opts", opts .. "}",
    "timestamp", string.format("%.0f", now_ms), "delay", delay_ms, "priority", iteration.priority, "rjk", iteration.scheduler_id)
  if iteration.deduplication_id ~= "" then
    redis.call("HSET", base .. job_id, "deid", iteration.deduplication_id)
  end
  redis.call("XADD", events, "*", "event", "added", "jobId", job_id, "name", iteration.name)
  if delay > 0 then
    redis.call("ZADD", base .. "delayed", delayed_score(base .. "delayed", iteration.slot), job_id)
    redis.call("XADD", events, "*", "event", "delayed", "jobId", job_id, "delay", slot)
    add_delayed_marker(marker, base .. "delayed")
    return
  end
  local priority = tonumber(iteration.priority)
  if priority > 0 then
    add_to_prioritized(base .. "prioritized", base .. "pc", priority, job_id)
  else
    redis.call(iteration.is_lifo and "RPUSH" or "LPUSH", base .. "wait", job_id)
  end
  redis.call("XADD", events, "*", "event", "waiting", "jobId", job_id)
  add_marker(marker, base .. "meta", base .. "active")
end
