--- Whether a parent whose children are all registered has nothing to wait for: no child is open, or one has failed whose rule
--- ends the wait. Cost: grows with the children that have failed meanwhile.
local function parent_may_go_on(parent)
  if redis.call("EXISTS", parent .. ":dependencies") == 0 or redis.call("HEXISTS", parent, "defa") == 1 then
    return true
  end
  for _, child in ipairs(redis.call("HKEYS", parent .. ":failed")) do
    local is_read, link = pcall(cjson.decode, redis.call("HGET", child, "parent"))
    if is_read and type(link) == "table" and link.cpof == true then
      return true
    end
  end
  return false
end
