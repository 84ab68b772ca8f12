--- Claim a deduplication id for a new job. Returns the job that keeps it instead, or nil if it is the new job's now; and the
--- job that was removed to make room, if one was.
--- @param job   {id, name, data, opts}
--- @param rules {id, ttl_ms (0: none), extends, replaces, keeps_last}
--- @include "includes/delete_jobs"
local function claim_deduplication(base, job, rules)
  local holder_key, kept_key, events = base .. "de:" .. rules.id, base .. "dn:" .. rules.id, base .. "events"
  -- The id must outlive the job that runs if another is kept to follow it.
  local ttl_ms = rules.keeps_last and 0 or rules.ttl_ms
  local holder = redis.call("GET", holder_key)
  local is_lost = holder and redis.call("EXISTS", base .. holder) == 0 and redis.call("PTTL", holder_key) == -1
  if not holder or is_lost then
    if ttl_ms > 0 then
      redis.call("SET", holder_key, job.id, "PX", ttl_ms)
    else
      redis.call("SET", holder_key, job.id)
    end
    return nil
  end

  if rules.keeps_last and redis.call("LPOS", base .. "active", holder) then
    redis.call("DEL", kept_key)
    redis.call("HSET", kept_key, "jid", job.id, "name", job.name, "data", job.data, "opts", job.opts)
    redis.call("PERSIST", holder_key)
  elseif rules.replaces then
    if redis.call("ZREM", base .. "delayed", holder) == 0 then
      return holder
    end
    delete_jobs(base, { holder })
    redis.call("DEL", kept_key)
    redis.call("XADD", events, "*", "event", "removed", "jobId", holder, "prev", "delayed")
    redis.call("XADD", events, "*", "event", "deduplicated", "jobId", job.id, "deduplicationId", rules.id,
      "deduplicatedJobId", holder)
    if ttl_ms > 0 and rules.extends then
      redis.call("SET", holder_key, job.id, "PX", ttl_ms)
    elseif ttl_ms > 0 then
      redis.call("SET", holder_key, job.id, "KEEPTTL")
    else
      redis.call("SET", holder_key, job.id)
    end
    return nil, holder
  elseif rules.extends and ttl_ms > 0 then
    redis.call("PEXPIRE", holder_key, ttl_ms)
  elseif rules.extends and rules.ttl_ms > 0 then
    redis.call("PERSIST", holder_key)
  end
  redis.call("XADD", events, "*", "event", "deduplicated", "jobId", holder, "deduplicationId", rules.id,
    "deduplicatedJobId", job.id)
  return holder
end
