--- Tell which state a job is in. Lists are searched, so the cost grows with `active` and `wait`.
--- @key 1 completed        sorted set of job ids
--- @key 2 failed           sorted set of job ids
--- @key 3 delayed          sorted set of job ids
--- @key 4 prioritized      sorted set of job ids
--- @key 5 waiting_children sorted set of job ids
--- @key 6 active           list of job ids
--- @key 7 wait             list of job ids
--- @key 8 paused           list of job ids, written by BullMQ before version 6 only
--- @arg 1 job_id
--- @returns name of the state | "unknown"
local completed, failed, delayed, prioritized = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local waiting_children, active, wait, paused = KEYS[5], KEYS[6], KEYS[7], KEYS[8]
local job_id = ARGV[1]

local sets = {
  { completed, "completed" }, { failed, "failed" }, { delayed, "delayed" }, { prioritized, "prioritized" },
  { waiting_children, "waiting-children" },
}
for _, set in ipairs(sets) do
  if redis.call("ZSCORE", set[1], job_id) then
    return set[2]
  end
end
for _, list in ipairs({ { active, "active" }, { wait, "waiting" }, { paused, "waiting" } }) do
  if redis.call("LPOS", list[1], job_id) then
    return list[2]
  end
end
return "unknown"
