--- Tell whether a job has finished, and how.
--- @key 1 base      prefix of the queue's keys; job hashes are `base .. id`
--- @key 2 completed sorted set of job ids
--- @key 3 failed    sorted set of job ids
--- @arg 1 job_id
--- @returns {-1} job missing | {0} not finished | {1, return value} | {2, failed reason}
local base, completed, failed = KEYS[1], KEYS[2], KEYS[3]
local job_id = ARGV[1]
local job = base .. job_id

if redis.call("EXISTS", job) == 0 then
  return { -1 }
end
if redis.call("ZSCORE", completed, job_id) then
  return { 1, redis.call("HGET", job, "returnvalue") or "null" }
end
if redis.call("ZSCORE", failed, job_id) then
  return { 2, redis.call("HGET", job, "failedReason") or "" }
end
return { 0 }
