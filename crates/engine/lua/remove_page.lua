--- Remove jobs of a flow that no worker owns, and name the jobs below them. Goes from the top down, so that no parent is left to run
--- for children that are gone.
--- @key 1 base     prefix of the keys of the queue the flow is removed through
--- @arg 1 call_id  names this call; a repetition answers as the first did and removes nothing
--- @arg 2 now_ms
--- @arg 3 finished "1": finished jobs go too; empty: they stay, with all below them
--- @args jobs 1    full key of a job; a page of them
--- @returns keys of the jobs below those that were removed
--- @emits removed {jobId, prev} per job; waiting | delayed for a parent that waited for nothing else
--- @include "includes/children_of"
--- @include "includes/delete_jobs"
--- @include "includes/max_events"
--- @include "includes/recall"
--- @include "includes/release_deduplication"
--- @include "includes/release_parent"
--- @include "includes/remember"
--- @include "includes/remove_from_state"
--- @include "includes/split_job_key"
local base, call_id, now_ms, takes_finished = KEYS[1], ARGV[1], tonumber(ARGV[2]), ARGV[3] == "1"

local answered = recall(base, call_id)
if answered then
  return cjson.decode(answered)
end

local function is_spared(job, job_base, job_id)
  if redis.call("EXISTS", job .. ":lock") == 1 then
    return true
  end
  return not takes_finished
    and (redis.call("ZSCORE", job_base .. "completed", job_id) or redis.call("ZSCORE", job_base .. "failed", job_id))
end

local below = {}
for i = 4, #ARGV do
  local job = ARGV[i]
  local job_base, job_id = split_job_key(job)
  if job_base and redis.call("EXISTS", job) == 1 and not is_spared(job, job_base, job_id) then
    for _, child in ipairs(children_of(job, takes_finished)) do
      below[#below + 1] = child
    end
    local fields = redis.call("HMGET", job, "parentKey", "deid")
    local prev = remove_from_state(job_base, job_id)
    if fields[2] then
      release_deduplication(job_base, job_id, fields[2])
    end
    delete_jobs(job_base, { job_id })
    redis.call("SREM", job_base .. "stalled", job_id)
    if fields[1] then
      release_parent(job, fields[1], now_ms)
    end
    if prev then
      redis.call("XADD", job_base .. "events", "MAXLEN", "~", max_events(job_base .. "meta"), "*",
        "event", "removed", "jobId", job_id, "prev", prev)
    end
  end
end
remember(base, call_id, cjson.encode(below))
return below
