--- Before failed jobs are deleted: no parent may go on waiting for them. Completed ones have left their parents already.
--- @include "includes/release_parent"
local function forget_failed(base, job_ids, now_ms)
  for _, job_id in ipairs(job_ids) do
    local job = base .. job_id
    local parent = redis.call("HGET", job, "parentKey")
    if parent then
      release_parent(job, parent, now_ms)
    end
  end
end
