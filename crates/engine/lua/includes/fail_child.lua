--- Tell a parent that a child has failed, by the child's rule for that. Without a rule the parent keeps waiting.
--- @param link JSON text of the child's field `parent`, or false; what cannot be read holds no rule
--- @include "includes/fail_parent"
--- @include "includes/release_parent"
--- @include "includes/resume_parent"
local function fail_child(job, parent, link, reason, now_ms)
  local is_read, rules = pcall(cjson.decode, link)
  if not is_read or type(rules) ~= "table" then
    return
  end
  if rules.fpof == true or rules.cpof == true then
    if redis.call("SREM", parent .. ":dependencies", job) == 0 then
      return
    end
    if rules.fpof == true then
      redis.call("ZADD", parent .. ":unsuccessful", string.format("%.0f", now_ms), job)
      fail_parent(parent, "child " .. job .. " failed", now_ms)
    else
      redis.call("HSET", parent .. ":failed", job, reason)
      resume_parent(parent, now_ms)
    end
  elseif rules.idof == true or rules.rdof == true then
    if release_parent(job, parent, now_ms) and rules.idof == true then
      redis.call("HSET", parent .. ":failed", job, reason)
    end
  end
end
