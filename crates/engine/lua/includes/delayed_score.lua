--- Score of a job in `delayed`: due time * 4096 + a sequence that keeps jobs of the same millisecond in order.
local function delayed_score(delayed, due_ms)
  local lowest = due_ms * 4096
  local highest = lowest + 4095
  local last = redis.call("ZREVRANGEBYSCORE", delayed, string.format("%.0f", highest), string.format("%.0f", lowest),
    "WITHSCORES", "LIMIT", 0, 1)
  if #last == 0 then
    return string.format("%.0f", lowest)
  end
  return string.format("%.0f", math.min(tonumber(last[2]) + 1, highest))
end
