--- Remove a job and, if asked, all jobs below it in its flow; all of them or none.
--- Cost: grows with the size of the flow, which is removed in one step so that no child runs for a parent that is gone; `max_jobs`
--- bounds it.
--- @key 1 base            prefix of the queue's keys; job hashes are `base .. id`
--- @arg 1 call_id         names this call; a repetition answers as the first did and changes nothing
--- @arg 2 job_id
--- @arg 3 remove_children "1" or empty
--- @arg 4 now_ms
--- @arg 5 max_jobs        of larger flows nothing is removed
--- @returns 1 removed or not there | 0 a worker owns one of the jobs | 2 more than `max_jobs` | -8 the next iteration of a scheduler
--- @emits removed {jobId, prev} per job that existed; waiting | delayed for a parent that waited for nothing else
--- @include "includes/children_of"
--- @include "includes/delete_jobs"
--- @include "includes/is_pending_of_scheduler"
--- @include "includes/max_events"
--- @include "includes/recall"
--- @include "includes/release_deduplication"
--- @include "includes/release_parent"
--- @include "includes/remember"
--- @include "includes/remove_from_state"
--- @include "includes/split_job_key"
local base, call_id, job_id, now_ms, max_jobs = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[4]), tonumber(ARGV[5])
local removes_children = ARGV[3] == "1"

if recall(base, call_id) then
  return 1
end
if is_pending_of_scheduler(base, job_id, redis.call("HGET", base .. job_id, "rjk")) then
  return -8
end

-- Parents before children; the list grows while it is read. `is_listed` ends the walk if a flow ever forms a cycle.
local jobs, is_listed = { base .. job_id }, { [base .. job_id] = true }
local index = 1
while index <= #jobs do
  local job = jobs[index]
  if redis.call("EXISTS", job .. ":lock") == 1 then
    return 0
  end
  if removes_children then
    for _, child in ipairs(children_of(job, true)) do
      if not is_listed[child] then
        is_listed[child] = true
        jobs[#jobs + 1] = child
      end
    end
    if #jobs > max_jobs then
      return 2
    end
  end
  index = index + 1
end

for i = #jobs, 1, -1 do
  local job = jobs[i]
  local job_base, id = split_job_key(job)
  if i == 1 then
    job_base, id = base, job_id
  end
  local fields = redis.call("HMGET", job, "name", "parentKey", "deid")
  local prev = remove_from_state(job_base, id)
  if fields[3] then
    release_deduplication(job_base, id, fields[3])
  end
  if fields[2] and not is_listed[fields[2]] then
    release_parent(job, fields[2], now_ms)
  end
  local is_there = redis.call("EXISTS", job) == 1
  delete_jobs(job_base, { id })
  redis.call("SREM", job_base .. "stalled", id)
  if is_there and prev then
    redis.call("XADD", job_base .. "events", "MAXLEN", "~", max_events(job_base .. "meta"), "*",
      "event", "removed", "jobId", id, "prev", prev)
  end
end
remember(base, call_id, 1)
return 1
