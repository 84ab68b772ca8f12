--- Count finished jobs, and when a minute has passed add what it counted to the history, with zeros for minutes without jobs.
--- @param metrics    hash of the totals; the history is the list `metrics .. ":data"`, newest first
--- @param max_points minutes the history keeps, at least 1
local function count_in_metrics(metrics, finished, max_points, now_ms)
  if finished == 0 then
    return
  end
  local before = redis.call("HINCRBY", metrics, "count", finished) - finished
  local previous = redis.call("HMGET", metrics, "prevTS", "prevCount")
  local previous_ms = tonumber(previous[1])
  if not previous_ms then
    redis.call("HSET", metrics, "prevTS", string.format("%.0f", now_ms), "prevCount", 0)
    return
  end
  local minutes = math.min(math.floor(now_ms / 60000) - math.floor(previous_ms / 60000), max_points)
  if minutes <= 0 then
    return
  end
  local points = { string.format("%.0f", before - (tonumber(previous[2]) or 0)) }
  for i = 2, minutes do
    points[i] = "0"
  end
  for first = 1, minutes, 7000 do
    redis.call("LPUSH", metrics .. ":data", unpack(points, first, math.min(first + 6999, minutes)))
  end
  redis.call("LTRIM", metrics .. ":data", 0, max_points - 1)
  redis.call("HSET", metrics, "prevTS", string.format("%.0f", now_ms), "prevCount", string.format("%.0f", before))
end
