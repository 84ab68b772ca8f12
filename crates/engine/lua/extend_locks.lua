--- Renew the locks of running jobs that their worker still owns.
--- @key 1 stalled       set of job ids seen active at the last stalled check
--- @key 2 base          prefix of all keys of the queue
--- @arg 1 lock_duration_ms
--- @args jobs 2 job_id, token
--- @returns ids of the jobs whose lock is gone or owned by another worker
local stalled, base = KEYS[1], KEYS[2]
local lock_duration_ms = ARGV[1]

local lock_keys = {}
for i = 2, #ARGV, 2 do
  lock_keys[#lock_keys + 1] = base .. ARGV[i] .. ':lock'
end
if #lock_keys == 0 then
  return {}
end

local tokens = redis.call('MGET', unpack(lock_keys))
local owned, lost = {}, {}
for index, lock_key in ipairs(lock_keys) do
  local job_id, token = ARGV[index * 2], ARGV[index * 2 + 1]
  if tokens[index] == token then
    redis.call('SET', lock_key, token, 'PX', lock_duration_ms)
    owned[#owned + 1] = job_id
  else
    lost[#lost + 1] = job_id
  end
end
if #owned > 0 then
  redis.call('SREM', stalled, unpack(owned))
end
return lost
