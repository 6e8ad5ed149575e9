-- Answers of tasks: they leave with the call that ends the task, so that no other has to carry them. What an answer says stays known
-- by the id of the task, too: one that gets lost is not the only one.
-- Where they go: `s` and the name of a dispatcher: the stream that it reads; `p`: its channel; `k`: a stream for this task alone.
-- An answer: `d` and the JSON text of the result; `r` done with a result that is to be fetched; `f` and the JSON text of the error; `c` cancelled; `x` its time was over.

local answer, answer_done, send_answers

do
  local ANSWER = { keep_ms = 120000, max_entries = 2000, max_bytes = 4096 }
  -- ZSET  key of a stream of answers, score = ms when it goes. The only keys that are not of one queue: no dispatcher of a Redis Cluster asks for them.
  local REPLIES = 'ml:{:replies}'

  -- `save` sends it.
  function answer(q, reply, id, text)
    if reply == '' then return end
    q.answers = q.answers or {}
    q.answers[reply] = q.answers[reply] or {}
    push(q.answers[reply], id, text)
  end

  function answer_done(q, reply, id, result)
    answer(q, reply, id, #result > ANSWER.max_bytes and 'r' or 'd' .. result)
  end

  local function append_answers(q, key, list)
    redis.call('XADD', key, 'MAXLEN', '~', ANSWER.max_entries, '*', unpack(list))
    redis.call('PEXPIRE', key, ANSWER.keep_ms)
    redis.call('ZADD', REPLIES, int(q.now + ANSWER.keep_ms), key)
  end

  -- Each text with its length before it.
  local function pack_answers(list)
    local packed = {}
    for i, text in ipairs(list) do packed[i] = struct.pack('>I4', #text) .. text end
    return table.concat(packed)
  end

  function send_answers(q)
    for reply, list in pairs(q.answers) do
      local way, key = string.sub(reply, 1, 1), REPLIES .. ':' .. string.sub(reply, 2)
      if way == 'p' then
        redis.call('PUBLISH', key, pack_answers(list))
      elseif way == 's' then
        append_answers(q, key, list)
      else
        for at = 1, #list, 2 do append_answers(q, key .. ':' .. list[at], { list[at], list[at + 1] }) end
      end
    end
    q.answers = nil
  end
end
