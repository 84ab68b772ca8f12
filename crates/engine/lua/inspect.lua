--- Look for what is late or abandoned in a queue, at one moment.
--- Cost: bounded; of `active` the jobs that were taken first are looked at.
--- @key 1 base        prefix of the queue's keys; job hashes are `base .. id`
--- @key 2 active      list of job ids
--- @key 3 delayed     sorted set of job ids
--- @key 4 wait        list of job ids
--- @key 5 paused      list of job ids, written by BullMQ before version 6 only
--- @key 6 prioritized sorted set of job ids
--- @arg 1 now_ms
--- @arg 2 page_size   active jobs looked at
--- @returns {delayed jobs that are due, when the first of them was, ms since the epoch | "", {ids of active jobs without a lock}, {timestamp and opts of
---   every job that is next in `wait`, `paused` and `prioritized`}}
local base, active, delayed, wait, paused, prioritized = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local now_ms, page_size = tonumber(ARGV[1]), tonumber(ARGV[2])

local before_now = "(" .. string.format("%.0f", now_ms * 4096)
local overdue = redis.call("ZCOUNT", delayed, "-inf", before_now)
local first = redis.call("ZRANGE", delayed, 0, 0, "WITHSCORES")

local abandoned = {}
local running = redis.call("LRANGE", active, -page_size, -1)
for _, job_id in ipairs(running) do
  if redis.call("EXISTS", base .. job_id .. ":lock") == 0 then
    abandoned[#abandoned + 1] = job_id
  end
end

local next_jobs = {}
local heads = {
  redis.call("LINDEX", wait, -1), redis.call("LINDEX", paused, -1), redis.call("ZRANGE", prioritized, 0, 0)[1] or false,
}
for i = 1, 3 do
  if heads[i] then
    local fields = redis.call("HMGET", base .. heads[i], "timestamp", "opts")
    next_jobs[#next_jobs + 1] = fields[1] or ""
    next_jobs[#next_jobs + 1] = fields[2] or ""
  end
end
local first_due_ms = overdue > 0 and string.format("%.0f", math.floor(tonumber(first[2]) / 4096)) or ""
return { overdue, first_due_ms, abandoned, next_jobs }
