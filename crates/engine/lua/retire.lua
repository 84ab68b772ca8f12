--- Drop finished jobs that are older than their retention rule allows, a page of them.
--- @key 1 base     prefix of the queue's keys; job hashes are `base .. id`
--- @arg 1 state    "completed" | "failed"
--- @arg 2 now_ms
--- @arg 3 age_s    jobs that finished longer ago go
--- @arg 4 limit    jobs per call
--- @returns how many jobs went; as many as `limit`: there may be more
--- @emits waiting | delayed for a parent that waited for a failed job
--- @include "includes/retire_finished"
local base, now_ms, age_s, limit = KEYS[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
local finished = base .. ARGV[1]

local before = redis.call("ZCARD", finished)
retire_finished(base, finished, now_ms, age_s, "", limit)
return before - redis.call("ZCARD", finished)
