--- One step of a scan over the queue's keys on the node that holds them: SCAN by itself would go to any node of a cluster.
--- @key 1 base   prefix of the queue's keys
--- @arg 1 start  how the wanted keys begin, below the base
--- @arg 2 cursor "0" to begin
--- @arg 3 count  keys looked at
--- @returns {next cursor, "0" at the end; keys}
local start = KEYS[1] .. ARGV[1]
local pattern = string.gsub(start, "[%*%?%[%]\\%^%-]", "\\%0") .. "*"
return redis.call("SCAN", ARGV[2], "MATCH", pattern, "COUNT", ARGV[3])
