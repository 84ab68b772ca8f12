--- Prefix of the queue's keys and job id of a full job key; both nil if it is none.
local function split_job_key(job)
  return string.match(job, "^(.*:)([^:]+)$")
end
