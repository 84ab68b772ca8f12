--- Tell waiting workers when the next delayed job is due.
local function add_delayed_marker(marker, delayed)
  local next_job = redis.call("ZRANGE", delayed, 0, 0, "WITHSCORES")
  if #next_job > 0 then
    redis.call("ZADD", marker, string.format("%.0f", math.floor(tonumber(next_job[2]) / 4096)), "1")
  end
end
