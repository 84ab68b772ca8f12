--- Forget ids in the list of schedulers that have no record.
--- @key 1 repeat     sorted set of scheduler ids; records are `repeat:<id>`
--- @args ids 1       scheduler ids
--- @returns how many were forgotten
local schedulers = KEYS[1]

local forgotten = 0
for _, scheduler_id in ipairs(ARGV) do
  if redis.call("EXISTS", schedulers .. ":" .. scheduler_id) == 0 then
    forgotten = forgotten + redis.call("ZREM", schedulers, scheduler_id)
  end
end
return forgotten
