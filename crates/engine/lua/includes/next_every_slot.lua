--- When a schedule of fixed intervals runs after the slot `previous`: one interval later or, if that has passed, at the first slot
--- after now.
--- @include "includes/aligned_slot"
local function next_every_slot(previous, every, offset, now_ms)
  if previous + every >= now_ms then
    return previous + every
  end
  return aligned_slot(every, offset, now_ms)
end
