--- Remove the job of one run of a schedule from the state it waits in, or has finished in, with all that belongs to it.
--- @include "includes/delete_jobs"
--- @include "includes/release_deduplication"
--- @include "includes/remove_from_state"
local function erase_iteration(base, job_id)
  local state = remove_from_state(base, job_id)
  local deduplication_id = redis.call("HGET", base .. job_id, "deid")
  if deduplication_id then
    release_deduplication(base, job_id, deduplication_id)
  end
  delete_jobs(base, { job_id })
  return state
end
