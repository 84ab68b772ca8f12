--- Keep the answer of a call for its repetition after a lost reply, and return it.
local function remember(base, call_id, answer)
  redis.call("SET", base .. "call:" .. call_id, answer, "PX", 60000)
  return answer
end
