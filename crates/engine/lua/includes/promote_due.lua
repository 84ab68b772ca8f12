--- Move jobs that have become due from `delayed` to `wait` or `prioritized`, at most 250 at a time.
--- @include "includes/move_due"
local function promote_due(base, delayed, wait, prioritized, pc, events, now_ms)
  local due = redis.call("ZRANGEBYSCORE", delayed, "-inf", "(" .. string.format("%.0f", (now_ms + 1) * 4096), "LIMIT", 0, 250)
  if #due > 0 then
    move_due(base, due, delayed, wait, prioritized, pc, events)
  end
end
