--- Id of the job that a scheduler runs at `slot`, ms since the epoch.
local function iteration_id(scheduler_id, slot)
  return "repeat:" .. scheduler_id .. ":" .. string.format("%.0f", slot)
end
