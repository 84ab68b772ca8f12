--- Tell how long no job will be started because of the rate limit.
--- @key 1 limiter  jobs started in the current window
--- @key 2 meta     queue settings
--- @arg 1 max_jobs limit to measure against; empty: the queue's own, and without one every window counts
--- @returns ms | 0 not limited | -2 no window (without any limit)
local limiter, meta = KEYS[1], KEYS[2]
local max_jobs = tonumber(ARGV[1]) or tonumber(redis.call("HGET", meta, "max"))

if not max_jobs then
  return redis.call("PTTL", limiter)
end
if (tonumber(redis.call("GET", limiter)) or 0) < max_jobs then
  return 0
end
return math.max(redis.call("PTTL", limiter), 0)
