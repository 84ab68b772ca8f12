--- Free the deduplication id a job holds.
--- @key 1 base             prefix of the queue's keys
--- @arg 1 job_id
--- @arg 2 deduplication_id
--- @returns 1 freed | 0 another job holds it, or none
--- @include "includes/release_deduplication"
local base, job_id, deduplication_id = KEYS[1], ARGV[1], ARGV[2]

return release_deduplication(base, job_id, deduplication_id) and 1 or 0
