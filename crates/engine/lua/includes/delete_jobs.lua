--- Delete everything that belongs to the given jobs, but their entries in state keys.
local function delete_jobs(base, job_ids)
  local keys = {}
  for _, job_id in ipairs(job_ids) do
    local job = base .. job_id
    local at = #keys
    keys[at + 1], keys[at + 2], keys[at + 3] = job, job .. ":logs", job .. ":lock"
    keys[at + 4], keys[at + 5] = job .. ":dependencies", job .. ":processed"
    keys[at + 6], keys[at + 7] = job .. ":failed", job .. ":unsuccessful"
  end
  for first = 1, #keys, 7000 do
    redis.call("DEL", unpack(keys, first, math.min(first + 6999, #keys)))
  end
end
