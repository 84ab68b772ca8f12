--- About how many entries the event stream may keep.
local function max_events(meta)
  return redis.call("HGET", meta, "opts.maxLenEvents") or "10000"
end
