--- Name of the state in which a job waits that no worker has, or nil if it does not wait.
--- Cost: the lists are searched.
local function untaken_state(base, job_id)
  for _, state in ipairs({ "delayed", "prioritized" }) do
    if redis.call("ZSCORE", base .. state, job_id) then
      return state
    end
  end
  for _, state in ipairs({ "wait", "paused" }) do
    if redis.call("LPOS", base .. state, job_id) then
      return state
    end
  end
  return nil
end
