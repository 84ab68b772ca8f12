--- Make a parent that still exists wait for a child that runs again, and forget how that child ended before.
local function reattach_to_parent(job, parent)
  if redis.call("EXISTS", parent) == 0 then
    return
  end
  redis.call("SADD", parent .. ":dependencies", job)
  redis.call("HDEL", parent .. ":processed", job)
  redis.call("HDEL", parent .. ":failed", job)
  redis.call("ZREM", parent .. ":unsuccessful", job)
end
