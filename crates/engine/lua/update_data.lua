--- Replace the payload of a job.
--- @key 1 base   prefix of the queue's keys; job hashes are `base .. id`
--- @arg 1 job_id
--- @arg 2 data   JSON text
--- @returns 0 | -1 job missing
local job, data = KEYS[1] .. ARGV[1], ARGV[2]

if redis.call("EXISTS", job) == 0 then
  return -1
end
redis.call("HSET", job, "data", data)
return 0
