--- Ask the worker that holds a job to stop its run; the request names the run by its lock token, so that a later run is not meant.
--- @key 1 base    prefix of the queue's keys; locks are `base .. id .. ":lock"`
--- @arg 1 requests name of the hash of requests, below `base`
--- @arg 2 job_id
--- @arg 3 reason
--- @arg 4 ttl_ms  how long the hash outlives its newest request: workers look far more often
--- @returns 1 | 0 no worker holds the job
local base = KEYS[1]
local requests, job_id, reason, ttl_ms = base .. ARGV[1], ARGV[2], ARGV[3], ARGV[4]

local token = redis.call("GET", base .. job_id .. ":lock")
if not token then
  return 0
end
redis.call("HSET", requests, token, reason)
redis.call("PEXPIRE", requests, ttl_ms)
return 1
