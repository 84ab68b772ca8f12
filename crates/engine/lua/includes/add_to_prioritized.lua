--- Put a job behind all others of its priority.
local function add_to_prioritized(prioritized, pc, priority, job_id)
  local counter = redis.call("INCR", pc) % 4294967296
  redis.call("ZADD", prioritized, string.format("%.0f", priority * 4294967296 + counter), job_id)
end
