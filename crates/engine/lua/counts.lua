--- Count the jobs of every state at one moment.
--- @key 1 active           list of job ids
--- @key 2 completed        sorted set of job ids
--- @key 3 delayed          sorted set of job ids
--- @key 4 failed           sorted set of job ids
--- @key 5 prioritized      sorted set of job ids
--- @key 6 wait             list of job ids
--- @key 7 paused           list of job ids, written by BullMQ before version 6 only
--- @key 8 waiting_children sorted set of job ids
--- @returns {active, completed, delayed, failed, prioritized, waiting, waiting-children}
local active, completed, delayed, failed = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local prioritized, wait, paused, waiting_children = KEYS[5], KEYS[6], KEYS[7], KEYS[8]

return {
  redis.call("LLEN", active),
  redis.call("ZCARD", completed),
  redis.call("ZCARD", delayed),
  redis.call("ZCARD", failed),
  redis.call("ZCARD", prioritized),
  redis.call("LLEN", wait) + redis.call("LLEN", paused),
  redis.call("ZCARD", waiting_children),
}
