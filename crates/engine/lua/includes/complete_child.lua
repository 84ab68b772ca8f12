--- Hand the result of a child to its parent, unless the parent does not wait for it.
--- @include "includes/release_parent"
local function complete_child(job, parent, returnvalue, now_ms)
  if release_parent(job, parent, now_ms) then
    redis.call("HSET", parent .. ":processed", job, returnvalue)
  end
end
