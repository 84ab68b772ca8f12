--- Make a job that exists a child of a parent. Returns whether it is: a job keeps its parent as long as that exists.
--- @param link JSON text of the field `parent`
--- @include "includes/resume_parent"
local function adopt_job(base, job_id, parent, link, now_ms)
  local job, dependencies = base .. job_id, parent .. ":dependencies"
  local earlier = redis.call("HGET", job, "parentKey")
  if earlier and earlier ~= parent and redis.call("EXISTS", earlier) == 1 then
    return false
  end
  redis.call("HSET", job, "parentKey", parent, "parent", link)
  if not redis.call("ZSCORE", base .. "completed", job_id) then
    redis.call("SADD", dependencies, job)
    return true
  end
  redis.call("HSET", parent .. ":processed", job, redis.call("HGET", job, "returnvalue") or "null")
  if redis.call("EXISTS", dependencies) == 0 then
    resume_parent(parent, now_ms)
  end
  return true
end
