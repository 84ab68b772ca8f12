--- Add the next jobs of schedulers: those whose pending job has been taken, or has vanished.
--- @key 1 base         prefix of the queue's keys; job hashes are `base .. id`
--- @key 2 repeat       sorted set of scheduler ids, score = latest slot, ms since the epoch; records are `repeat:<id>`
--- @key 3 meta         queue settings
--- @key 4 events       stream
--- @arg 1 call_id      names this call; a repetition answers as the first did and adds nothing
--- @arg 2 now_ms
--- @args iterations 10  scheduler_id, previous (the scheduler's latest slot, or nothing is done), slot (empty: by the record's
---   interval), missing ("1": only if the job of `previous` will not run again; empty: that job has been taken), opts (JSON text
---   without its last brace), id_head (JSON text of the job's id up to the slot), priority, lifo ("1" or empty), deduplication_id
---   or empty, traced ("1": the job before has a trace context, which is its own; this one takes that of the template, if any)
--- @returns per iteration 1 added | 0 nothing to do
--- @emits added {jobId, name}, then waiting {jobId} | delayed {jobId, delay}, per job
--- @include "includes/add_iteration"
--- @include "includes/erase_iteration"
--- @include "includes/free_slot"
--- @include "includes/has_finished"
--- @include "includes/iteration_id"
--- @include "includes/max_events"
--- @include "includes/missing_iteration"
--- @include "includes/next_every_slot"
--- @include "includes/recall"
--- @include "includes/remember"
--- @include "includes/template_context"
local base, schedulers, meta, events = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local call_id, now_ms = ARGV[1], tonumber(ARGV[2])

local answered = recall(base, call_id)
if answered then
  return cjson.decode(answered)
end

local added, any_added = {}, false
for at = 3, #ARGV, 10 do
  local scheduler_id, previous, slot = ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  local heals = ARGV[at + 3] == "1"
  local record = schedulers .. ":" .. scheduler_id
  local fields = redis.call("HMGET", record, "name", "data", "every", "offset", "opts")
  local previous_id = iteration_id(scheduler_id, previous)
  local is_current = fields[1] and tonumber(redis.call("ZSCORE", schedulers, scheduler_id)) == previous
  local missing = is_current and heals and missing_iteration(base, previous_id)
  local replaced_id = missing == "gone" and previous_id or nil
  if is_current and (missing or not heals) then
    if slot then
      local job_id = iteration_id(scheduler_id, slot)
      if job_id ~= replaced_id and redis.call("EXISTS", base .. job_id) == 1 then
        if has_finished(base, job_id) then
          replaced_id = job_id
        else
          slot = nil
        end
      end
    else
      local every = tonumber(fields[3])
      slot = replaced_id and previous >= now_ms and previous
        or next_every_slot(previous, every, tonumber(fields[4]) or 0, now_ms)
      slot = free_slot(base, scheduler_id, slot, every, replaced_id)
    end
  else
    slot = nil
  end
  added[#added + 1] = slot and 1 or 0
  if slot then
    any_added = true
    if replaced_id then
      erase_iteration(base, replaced_id)
    end
    local opts = ARGV[at + 4]
    if ARGV[at + 9] == "1" then
      opts = opts .. template_context(fields[5])
    end
    redis.call("HINCRBY", record, "ic", 1)
    add_iteration(base, {
      scheduler_id = scheduler_id, slot = slot, name = fields[1], data = fields[2] or "{}", opts = opts,
      id_head = ARGV[at + 5], is_pattern = ARGV[at + 2] ~= "", priority = ARGV[at + 6], is_lifo = ARGV[at + 7] == "1",
      deduplication_id = ARGV[at + 8],
    }, now_ms)
  end
end
if any_added then
  redis.call("XTRIM", events, "MAXLEN", "~", max_events(meta))
  remember(base, call_id, cjson.encode(added))
end
return added
