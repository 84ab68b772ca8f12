--- Make a job that exists a child of a parent. Returns whether it is: a job keeps its parent as long as that exists.
--- The parent of a job that has completed may have nothing left to wait for; letting it go on is up to the caller.
--- @param link JSON text of the field `parent`
local function adopt_job(base, job_id, parent, link)
  local job = base .. job_id
  local earlier = redis.call("HGET", job, "parentKey")
  if earlier and earlier ~= parent and redis.call("EXISTS", earlier) == 1 then
    return false
  end
  redis.call("HSET", job, "parentKey", parent, "parent", link)
  if redis.call("ZSCORE", base .. "completed", job_id) then
    redis.call("HSET", parent .. ":processed", job, redis.call("HGET", job, "returnvalue") or "null")
  else
    redis.call("SADD", parent .. ":dependencies", job)
  end
  return true
end
