--- Apply one retention rule to `completed` or `failed`: drop what is older than the age, the newest of that first,
--- then what exceeds the count, the oldest first.
--- `age_s` and `count` are empty when they do not limit; at most `limit` jobs go by age.
--- Cost: at most 250 jobs go in one call, more than one call finishes, so that a backlog that a new rule finds goes in many short calls.
--- @include "includes/delete_jobs"
--- @include "includes/forget_failed"
local function retire_finished(base, finished, now_ms, age_s, count, limit)
  local may_hold_parents = finished == base .. "failed"
  local budget = 250
  if age_s ~= "" then
    local cut_off = string.format("%.0f", now_ms - tonumber(age_s) * 1000)
    local old = redis.call("ZREVRANGEBYSCORE", finished, cut_off, "-inf", "LIMIT", 0, math.min(tonumber(limit), budget))
    if #old > 0 then
      redis.call("ZREM", finished, unpack(old))
      if may_hold_parents then
        forget_failed(base, old, now_ms)
      end
      delete_jobs(base, old)
      budget = budget - #old
    end
  end
  if count ~= "" and budget > 0 then
    local excess = redis.call("ZCARD", finished) - tonumber(count)
    if excess > 0 then
      local old = redis.call("ZRANGE", finished, 0, math.min(excess, budget) - 1)
      redis.call("ZREMRANGEBYRANK", finished, 0, #old - 1)
      if may_hold_parents then
        forget_failed(base, old, now_ms)
      end
      delete_jobs(base, old)
    end
  end
end
