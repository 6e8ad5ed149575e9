-- How long a job that failed waits, by a text such as `fullJitter:1000:300000` (settings.ts writes it).

local backoff_ms, backoff_of

do
  local DEFAULT_BACKOFF = 'fullJitter:1000:300000'

  local function doubled_ms(attempt, base_ms, max_ms)
    return math.min(max_ms, base_ms * 2 ^ math.min(attempt - 1, 60))
  end

  -- Each gets the attempt that failed (1 is the first), the delay before it in ms, and the numbers of the text.
  local BACKOFFS = {
    fixed = function(_, _, delay_ms) return delay_ms end,
    exponential = function(attempt, _, ...) return doubled_ms(attempt, ...) end,
    fullJitter = function(attempt, _, ...) return math.random() * doubled_ms(attempt, ...) end,
    decorrelated = function(_, before_ms, base_ms, max_ms)
      return math.min(max_ms, base_ms + math.random() * (3 * math.max(before_ms, base_ms) - base_ms))
    end,
    list = function(attempt, _, ...) return (select(math.min(attempt, select('#', ...)), ...)) end,
  }

  function backoff_ms(text, attempt, before_ms)
    local words = {}
    for word in string.gmatch(text, '[^:]+') do words[#words + 1] = tonumber(word) or word end
    return math.floor(BACKOFFS[words[1]](attempt, before_ms, unpack(words, 2)))
  end

  -- The job's own, else that of its queue.
  function backoff_of(q, held)
    if held.backoff ~= '' then return held.backoff end
    return q.policy.backoff or DEFAULT_BACKOFF
  end
end
