--- Delete everything that belongs to the given jobs, but their entries in state keys and their locks: no job that may be deleted has
--- one. Few jobs have more than their hash, and to look whether any of many has is cheaper than to delete in vain.
--- Cost: constant per job. Long logs and the children of large flows are freed by Redis in the background.
local function delete_jobs(base, job_ids)
  local jobs, parts, at = {}, {}, 0
  for i = 1, #job_ids do
    local job = base .. job_ids[i]
    jobs[i] = job
    parts[at + 1], parts[at + 2], parts[at + 3] = job .. ":logs", job .. ":dependencies", job .. ":processed"
    parts[at + 4], parts[at + 5] = job .. ":failed", job .. ":unsuccessful"
    at = at + 5
  end
  for first = 1, at, 5000 do
    local last = math.min(first + 4999, at)
    if redis.call("EXISTS", unpack(parts, first, last)) > 0 then
      redis.call("UNLINK", unpack(parts, first, last))
    end
  end
  for first = 1, #jobs, 5000 do
    redis.call("DEL", unpack(jobs, first, math.min(first + 4999, #jobs)))
  end
end
