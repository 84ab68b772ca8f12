--- Wake a worker, unless the queue is paused or at its global concurrency.
local function add_marker(marker, meta, active)
  local settings = redis.call("HMGET", meta, "paused", "concurrency")
  if settings[1] or (settings[2] and redis.call("LLEN", active) >= tonumber(settings[2])) then
    return
  end
  redis.call("ZADD", marker, 0, "0")
end
