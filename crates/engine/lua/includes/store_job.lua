--- Write the hash of a new job, and what ties it to a parent; the parent's side is the caller's.
--- @param job {name, data, opts, timestamp, delay, priority, parent (false if none), link (JSON text of the field `parent`)}
local function store_job(key, job)
  redis.call("HSET", key, "name", job.name, "data", job.data, "opts", job.opts, "timestamp", job.timestamp,
    "delay", job.delay, "priority", job.priority)
  if job.parent then
    redis.call("HSET", key, "parentKey", job.parent, "parent", job.link)
  end
end
