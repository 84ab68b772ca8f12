--- Renew the locks of running jobs that their worker still owns.
--- @key 1 base      prefix of the queue's keys; locks are `base .. id .. ":lock"`
--- @key 2 stalled   set of job ids under suspicion
--- @arg 1 lock_ms   how long a lock lives from now
--- @args jobs 2 job_id, token
--- @returns ids of the jobs whose lock is gone or owned by another worker
local base, stalled = KEYS[1], KEYS[2]
local lock_ms = ARGV[1]

local locks = {}
for i = 2, #ARGV, 2 do
  locks[#locks + 1] = base .. ARGV[i] .. ":lock"
end
if #locks == 0 then
  return {}
end
local tokens = redis.call("MGET", unpack(locks))
local owned, lost = {}, {}
for i, lock in ipairs(locks) do
  local job_id, token = ARGV[2 * i], ARGV[2 * i + 1]
  if tokens[i] == token then
    redis.call("SET", lock, token, "PX", lock_ms)
    owned[#owned + 1] = job_id
  else
    lost[#lost + 1] = job_id
  end
end
if #owned > 0 then
  redis.call("SREM", stalled, unpack(owned))
end
return lost
