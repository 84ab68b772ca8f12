--- Free a deduplication id if this job holds it, together with the job kept to follow it. Returns whether it did.
local function release_deduplication(base, job_id, deduplication_id)
  local holder = base .. "de:" .. deduplication_id
  if redis.call("GET", holder) ~= job_id then
    return false
  end
  redis.call("DEL", holder, base .. "dn:" .. deduplication_id)
  return true
end
