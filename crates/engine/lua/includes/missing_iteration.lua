--- Why the job of a scheduler's latest slot will not run (again): "finished", "gone", or nil if it waits or runs.
--- Cost: bounded; in lists longer than that the job counts as there.
local function missing_iteration(base, job_id)
  local job = base .. job_id
  local fields = redis.call("HMGET", job, "name", "finishedOn")
  if not fields[1] then
    return "gone"
  elseif fields[2] then
    return "finished"
  elseif redis.call("EXISTS", job .. ":lock") == 1 then
    return nil
  end
  for _, state in ipairs({ "delayed", "prioritized", "waiting-children" }) do
    if redis.call("ZSCORE", base .. state, job_id) then
      return nil
    end
  end
  for _, state in ipairs({ "wait", "active", "paused" }) do
    local key = base .. state
    if redis.call("LPOS", key, job_id, "MAXLEN", 1000) or redis.call("LLEN", key) > 1000 then
      return nil
    end
  end
  return "gone"
end
