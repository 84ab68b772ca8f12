--- Make a parent fail at its next pick-up, and bring that pick-up about if it waits for children or for its time.
--- @include "includes/split_job_key"
--- @include "includes/requeue_parent"
--- @include "includes/resume_parent"
local function fail_parent(parent, reason, now_ms)
  local base, parent_id = split_job_key(parent)
  if not base or redis.call("EXISTS", parent) == 0 or redis.call("ZSCORE", base .. "failed", parent_id) then
    return
  end
  redis.call("HSET", parent, "defa", reason)
  if redis.call("ZREM", base .. "delayed", parent_id) == 1 then
    redis.call("HSET", parent, "delay", 0)
    requeue_parent(base, parent_id, tonumber(redis.call("HGET", parent, "priority")) or 0)
  else
    resume_parent(parent, now_ms)
  end
end
