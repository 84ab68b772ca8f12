--- Send jobs back whose worker has vanished, and put all running jobs under suspicion until the next check.
--- @key 1 base          prefix of the queue's keys; job hashes are `base .. id`
--- @key 2 stalled       set of job ids under suspicion: active at the last check, their lock not renewed since
--- @key 3 stalled_check guard: one check per interval, whoever makes it
--- @key 4 wait          list of job ids
--- @key 5 active        list of job ids
--- @key 6 repeat        sorted set of scheduler ids
--- @key 7 meta          queue settings
--- @key 8 marker        wake-up markers
--- @key 9 events        stream
--- @arg 1 call_id       names this call; a repetition answers as the first did and moves nothing
--- @arg 2 now_ms
--- @arg 3 interval_ms   no other check runs for this long; empty: go on with the check that has begun
--- @arg 4 max_stalled   a job that stalls more often fails at its next pick-up
--- @arg 5 page_size     suspects looked at per call
--- @returns {1 call again with the next page | 0 checked | -1 not yet due, ids of the jobs that went back}
--- @emits waiting {jobId, prev} then stalled {jobId}, per job
--- @include "includes/add_marker"
--- @include "includes/max_events"
--- @include "includes/recall"
--- @include "includes/remember"
local base, stalled, stalled_check, wait, active = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local schedulers, meta, marker, events = KEYS[6], KEYS[7], KEYS[8], KEYS[9]
local call_id, now_ms, interval_ms = ARGV[1], ARGV[2], ARGV[3]
local max_stalled, page_size = tonumber(ARGV[4]), tonumber(ARGV[5])

local answered = recall(base, call_id)
if answered then
  return cjson.decode(answered)
end
if interval_ms ~= "" and not redis.call("SET", stalled_check, now_ms, "NX", "PX", interval_ms) then
  return { -1, {} }
end

local suspects = redis.call("SRANDMEMBER", stalled, page_size)
local moved = {}
if #suspects > 0 then
  redis.call("SREM", stalled, unpack(suspects))
  local locks = {}
  for i, job_id in ipairs(suspects) do
    locks[i] = base .. job_id .. ":lock"
  end
  local tokens = redis.call("MGET", unpack(locks))
  for i, job_id in ipairs(suspects) do
    if not tokens[i] and redis.call("LREM", active, -1, job_id) == 1 then
      local job = base .. job_id
      if redis.call("EXISTS", job) == 1 then
        local scheduler = redis.call("HGET", job, "rjk")
        local is_scheduled = scheduler and redis.call("ZSCORE", schedulers, scheduler)
        if redis.call("HINCRBY", job, "stc", 1) > max_stalled and not is_scheduled then
          redis.call("HSET", job, "defa", "job stalled more than allowable limit")
        end
        redis.call("RPUSH", wait, job_id)
        redis.call("XADD", events, "*", "event", "waiting", "jobId", job_id, "prev", "active")
        redis.call("XADD", events, "*", "event", "stalled", "jobId", job_id)
        moved[#moved + 1] = job_id
      end
    end
  end
end
local is_more = redis.call("EXISTS", stalled)
if is_more == 0 then
  local running = redis.call("LRANGE", active, 0, -1)
  for first = 1, #running, 7000 do
    redis.call("SADD", stalled, unpack(running, first, math.min(first + 6999, #running)))
  end
end
if #moved == 0 then
  return { is_more, {} }
end
add_marker(marker, meta, active)
redis.call("XTRIM", events, "MAXLEN", "~", max_events(meta))
remember(base, call_id, cjson.encode({ is_more, moved }))
return { is_more, moved }
