--- Drop a child from the children its parent waits for; a parent that waits for nothing else goes on.
--- Returns whether the parent had waited for it.
--- @include "includes/resume_parent"
local function release_parent(job, parent, now_ms)
  local dependencies = parent .. ":dependencies"
  if redis.call("SREM", dependencies, job) == 0 then
    return false
  end
  if redis.call("EXISTS", dependencies) == 0 then
    resume_parent(parent, now_ms)
  end
  return true
end
