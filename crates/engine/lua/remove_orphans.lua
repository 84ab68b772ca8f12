--- Delete what is left of jobs that are in no state.
--- Cost: each id that is in no sorted set is searched for in the lists, so callers pass only ids that they did not find there.
--- @key 1 base    prefix of the queue's keys; job hashes are `base .. id`
--- @arg 1 call_id names this call; a repetition answers as the first did and deletes nothing
--- @args ids 1 job_id
--- @returns how many jobs had something to delete
--- @include "includes/delete_jobs"
--- @include "includes/recall"
--- @include "includes/remember"
local base, call_id = KEYS[1], ARGV[1]
local states = {
  { "completed", "ZSCORE" }, { "failed", "ZSCORE" }, { "delayed", "ZSCORE" }, { "prioritized", "ZSCORE" },
  { "waiting-children", "ZSCORE" }, { "active", "LPOS" }, { "wait", "LPOS" }, { "paused", "LPOS" },
}

local answered = recall(base, call_id)
if answered then
  return tonumber(answered)
end
local removed = 0
for i = 2, #ARGV do
  local job_id, is_orphan = ARGV[i], true
  for _, state in ipairs(states) do
    is_orphan = is_orphan and not redis.call(state[2], base .. state[1], job_id)
  end
  if is_orphan then
    removed = removed + 1
    redis.call("DEL", base .. job_id .. ":lock")
    delete_jobs(base, { job_id })
  end
end
return remember(base, call_id, removed)
