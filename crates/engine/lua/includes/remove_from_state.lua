--- Take a job out of the state it is in and return that state's name, or nil if it is in none.
--- Cost: constant for sorted sets; the lists are searched, `wait` from the end that is served next.
local function remove_from_state(base, job_id)
  for _, state in ipairs({ "delayed", "prioritized", "completed", "failed", "waiting-children" }) do
    if redis.call("ZREM", base .. state, job_id) == 1 then
      return state
    end
  end
  for _, state in ipairs({ "active", "wait", "paused" }) do
    if redis.call("LREM", base .. state, -1, job_id) == 1 then
      return state
    end
  end
end
