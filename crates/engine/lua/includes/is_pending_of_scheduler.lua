--- Whether a job is the next iteration of a scheduler that still exists; `scheduler` is false for other jobs.
local function is_pending_of_scheduler(base, job_id, scheduler)
  if not scheduler then
    return false
  end
  local next_run = redis.call("ZSCORE", base .. "repeat", scheduler)
  return next_run and job_id == "repeat:" .. scheduler .. ":" .. next_run
end
