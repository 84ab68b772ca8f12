--- Move jobs that have become due from `delayed` to `wait` or `prioritized`.
--- @include "includes/add_to_prioritized"
local function move_due(base, due, delayed, wait, prioritized, pc, events)
  redis.call("ZREM", delayed, unpack(due))
  local to_wait = {}
  for _, job_id in ipairs(due) do
    local job = base .. job_id
    local priority = tonumber(redis.call("HGET", job, "priority")) or 0
    if priority > 0 then
      add_to_prioritized(prioritized, pc, priority, job_id)
    else
      to_wait[#to_wait + 1] = job_id
    end
    redis.call("XADD", events, "*", "event", "waiting", "jobId", job_id, "prev", "delayed")
    redis.call("HSET", job, "delay", 0)
  end
  if #to_wait > 0 then
    redis.call("LPUSH", wait, unpack(to_wait))
  end
end
