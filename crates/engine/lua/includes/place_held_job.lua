--- Make a job out of a hash that an earlier call of the same flow wrote ahead for its children to find. Returns whether there was one.
local function place_held_job(job, flow_id)
  if flow_id == "" or redis.call("HGET", job, "held") ~= flow_id then
    return false
  end
  redis.call("HDEL", job, "held")
  redis.call("PERSIST", job)
  redis.call("PERSIST", job .. ":dependencies")
  return true
end
