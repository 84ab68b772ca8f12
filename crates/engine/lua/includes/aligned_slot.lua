--- The first slot after now of a schedule of fixed intervals: slots lie `offset` after multiples of `every`. Never before now.
local function aligned_slot(every, offset, now_ms)
  local slot = math.floor(now_ms / every) * every + offset
  if slot <= now_ms then
    slot = slot + every
  end
  return math.max(slot, now_ms)
end
