--- The first slot, `slot` or one of the 32 intervals after it, that has no job yet; nil if all have one.
--- @param replaced_id id of a job that makes room, or nil
--- @include "includes/iteration_id"
local function free_slot(base, scheduler_id, slot, every, replaced_id)
  for _ = 0, 32 do
    local job_id = iteration_id(scheduler_id, slot)
    if job_id == replaced_id or redis.call("EXISTS", base .. job_id) == 0 then
      return slot
    end
    slot = slot + every
  end
  return nil
end
