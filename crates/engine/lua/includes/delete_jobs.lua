--- Delete everything that belongs to the given jobs, but their entries in state keys and their locks: no job that may be deleted has
--- one, and each key looked up in vain costs as much as the rest of the job.
local function delete_jobs(base, job_ids)
  local keys, at = {}, 0
  for _, job_id in ipairs(job_ids) do
    local job = base .. job_id
    keys[at + 1], keys[at + 2], keys[at + 3] = job, job .. ":logs", job .. ":dependencies"
    keys[at + 4], keys[at + 5], keys[at + 6] = job .. ":processed", job .. ":failed", job .. ":unsuccessful"
    at = at + 6
  end
  for first = 1, at, 6000 do
    redis.call("DEL", unpack(keys, first, math.min(first + 5999, at)))
  end
end
