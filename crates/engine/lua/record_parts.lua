--- Record parts of a job as finished, in the job's own hash, so that they live and go with it.
--- @key 1 base        prefix of the queue's keys; the job's hash is `base .. id`
--- @arg 1 job_id
--- @args fields 1 hash field of each finished part
--- @returns 0 | -1 job missing
local job = KEYS[1] .. ARGV[1]

if redis.call("EXISTS", job) == 0 then
  return -1
end
for i = 2, #ARGV do
  redis.call("HSET", job, ARGV[i], 1)
end
return 0
