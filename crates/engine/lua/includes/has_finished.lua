--- Whether a job has completed or failed and is kept.
local function has_finished(base, job_id)
  return redis.call("ZSCORE", base .. "completed", job_id) or redis.call("ZSCORE", base .. "failed", job_id)
end
