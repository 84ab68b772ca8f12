--- Create or replace a scheduler and add its next job; a job of it that waits already makes room.
--- @key 1 base         prefix of the queue's keys; job hashes are `base .. id`
--- @key 2 repeat       sorted set of scheduler ids, score = latest slot, ms since the epoch; records are `repeat:<id>`
--- @key 3 meta         queue settings
--- @key 4 events       stream
--- @arg 1 call_id      names this call; a repetition answers as the first did and changes nothing
--- @arg 2 scheduler_id
--- @arg 3 now_ms
--- @arg 4 every        interval, ms, or empty for a schedule that names its slots
--- @arg 5 slot         the next slot; with `every`, the first one or empty
--- @arg 6 offset       of the slots from multiples of `every`, or empty for that of the first slot
--- @arg 7 name         of the jobs
--- @arg 8 data         of the jobs
--- @arg 9 opts         of the next job, JSON text without its last brace
--- @arg 10 id_head     JSON text of the next job's id up to the slot
--- @arg 11 priority
--- @arg 12 lifo        "1" or empty
--- @arg 13 deduplication_id or empty
--- @args fields 2      name and value of each further field of the record
--- @returns the slot of the next job | -10 it has a job already | -11 it and those after it have one
--- @emits added {jobId, name}, then waiting {jobId} | delayed {jobId, delay}
--- @include "includes/add_iteration"
--- @include "includes/aligned_slot"
--- @include "includes/erase_iteration"
--- @include "includes/free_slot"
--- @include "includes/has_finished"
--- @include "includes/iteration_id"
--- @include "includes/max_events"
--- @include "includes/next_every_slot"
--- @include "includes/recall"
--- @include "includes/remember"
--- @include "includes/untaken_state"
local base, schedulers, meta, events = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local call_id, scheduler_id, now_ms = ARGV[1], ARGV[2], tonumber(ARGV[3])
local every, slot, offset = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local record = schedulers .. ":" .. scheduler_id

local answered = recall(base, call_id)
if answered then
  return answered
end

local previous = tonumber(redis.call("ZSCORE", schedulers, scheduler_id))
local kept = redis.call("HMGET", record, "every", "offset", "ic")
local pending_id = previous and iteration_id(scheduler_id, previous)
if pending_id and not untaken_state(base, pending_id) then
  pending_id = nil
end
-- Slots keep their offset from one schedule to the next only by a job that waits: BullMQ finds none otherwise.
local kept_offset = pending_id and tonumber(kept[2])

local finished_id
if every then
  if previous and tonumber(kept[1]) == every then
    slot = pending_id and previous or next_every_slot(previous, every, offset or kept_offset or 0, now_ms)
  elseif not slot then
    slot = offset and aligned_slot(every, offset, now_ms) or now_ms
  end
  slot = free_slot(base, scheduler_id, slot, every, pending_id)
  if not slot then
    return -11
  end
else
  local job_id = iteration_id(scheduler_id, slot)
  if job_id ~= pending_id and redis.call("EXISTS", base .. job_id) == 1 then
    if not has_finished(base, job_id) then
      return -10
    end
    finished_id = job_id
  end
end

if pending_id then
  erase_iteration(base, pending_id)
end
if finished_id then
  erase_iteration(base, finished_id)
end
redis.call("HSETNX", meta, "opts.maxLenEvents", "10000")
offset = offset or kept_offset or (every and slot % every) or 0
redis.call("DEL", record)
redis.call("HSET", record, "name", ARGV[7], "offset", string.format("%.0f", offset), "ic", kept[3] or 1)
if every then
  redis.call("HSET", record, "every", ARGV[4])
end
if #ARGV > 13 then
  redis.call("HSET", record, unpack(ARGV, 14))
end
add_iteration(base, {
  scheduler_id = scheduler_id, slot = slot, name = ARGV[7], data = ARGV[8], opts = ARGV[9], id_head = ARGV[10],
  is_pattern = not every, priority = ARGV[11], is_lifo = ARGV[12] == "1", deduplication_id = ARGV[13],
}, now_ms)
redis.call("XTRIM", events, "MAXLEN", "~", max_events(meta))
return remember(base, call_id, string.format("%.0f", slot))
