--- The answer that an earlier run of the same call left, or false.
local function recall(base, call_id)
  return redis.call("GET", base .. "call:" .. call_id)
end
