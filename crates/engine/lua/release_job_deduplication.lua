--- Free the deduplication id a job holds.
--- @key 1 base             prefix of the queue's keys
--- @arg 1 call_id     names this call; a repetition answers as the first did and changes nothing
--- @arg 2 job_id
--- @arg 3 deduplication_id
--- @returns 1 freed | 0 another job holds it, or none
--- @include "includes/recall"
--- @include "includes/release_deduplication"
--- @include "includes/remember"
local base, call_id, job_id, deduplication_id = KEYS[1], ARGV[1], ARGV[2], ARGV[3]

if recall(base, call_id) then
  return 1
end
if not release_deduplication(base, job_id, deduplication_id) then
  return 0
end
remember(base, call_id, 1)
return 1
