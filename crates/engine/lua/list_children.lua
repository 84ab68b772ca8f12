--- Tell what became of the children of a job, at one moment. Cost: grows with the number of children.
--- @key 1 base    prefix of the queue's keys; the job's hash is `base .. id`
--- @arg 1 job_id
--- @args kinds 1  "processed" | "unprocessed" | "ignored" | "failed"
--- @returns per kind a list: key and return value of each | key of each | key and reason of each | key of each
local job = KEYS[1] .. ARGV[1]

local groups = {}
for i = 2, #ARGV do
  local kind = ARGV[i]
  if kind == "processed" then
    groups[i - 1] = redis.call("HGETALL", job .. ":processed")
  elseif kind == "unprocessed" then
    groups[i - 1] = redis.call("SMEMBERS", job .. ":dependencies")
  elseif kind == "ignored" then
    groups[i - 1] = redis.call("HGETALL", job .. ":failed")
  else
    groups[i - 1] = redis.call("ZRANGE", job .. ":unsuccessful", 0, -1)
  end
end
return groups
