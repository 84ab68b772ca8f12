--- After a child was swept: a parent in the same queue that waits for nothing else goes too, and so on upwards;
--- a parent in another queue goes on.
--- @include "includes/delete_jobs"
--- @include "includes/release_deduplication"
--- @include "includes/release_parent"
--- @include "includes/split_job_key"
local function discard_parent(base, job, parent, now_ms)
  while parent do
    local parent_base, parent_id = split_job_key(parent)
    if parent_base ~= base then
      release_parent(job, parent, now_ms)
      return
    end
    local dependencies = parent .. ":dependencies"
    if redis.call("SREM", dependencies, job) == 0 or redis.call("EXISTS", dependencies) == 1
      or redis.call("ZREM", base .. "waiting-children", parent_id) == 0 then
      return
    end
    local fields = redis.call("HMGET", parent, "parentKey", "deid")
    if fields[2] then
      release_deduplication(base, parent_id, fields[2])
    end
    delete_jobs(base, { parent_id })
    job, parent = parent, fields[1]
  end
end
