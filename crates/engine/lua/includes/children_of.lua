--- Keys of the children of a job: those that have not ended and, if asked, those that have.
local function children_of(job, with_ended)
  local children = redis.call("SMEMBERS", job .. ":dependencies")
  if not with_ended then
    return children
  end
  local groups = {
    redis.call("HKEYS", job .. ":processed"), redis.call("HKEYS", job .. ":failed"),
    redis.call("ZRANGE", job .. ":unsuccessful", 0, -1),
  }
  for _, group in ipairs(groups) do
    for _, child in ipairs(group) do
      children[#children + 1] = child
    end
  end
  return children
end
